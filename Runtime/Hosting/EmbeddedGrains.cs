using JobForge.Runtime.Execution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Hosting;

public static class EmbeddedGrains
{
    /// <summary>
    /// Registers an engine: IGrainFactory, IClusterClient, <see cref="EmbeddedEngine"/> and its start and stop with the host. Grains get
    /// their dependencies from a scope per activation. Unless set by <paramref name="configure"/>, clock and randomness are the
    /// registered TimeProvider and RandomSource. What the host configures with <c>services.Configure&lt;EmbeddedEngineOptions&gt;</c> comes last. Reminders need an <see cref="Reminders.IReminderStore"/>, states an IGrainStorage
    /// (keyed by storage name; unnamed ones by <c>Default</c> or not keyed).
    /// </summary>
    public static IServiceCollection AddEmbeddedGrains(this IServiceCollection services, Action<EmbeddedEngineOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.TryAddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(provider => new EmbeddedEngine(provider, OptionsOf(provider, configure)));
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<EmbeddedEngine>().Client);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<EmbeddedEngine>().Client);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedEngine>());
        services.AddScoped<IGrainContext>(static _ => Activation.Here);
        return services;
    }

    private static EmbeddedEngineOptions OptionsOf(IServiceProvider provider, Action<EmbeddedEngineOptions> configure)
    {
        var options = new EmbeddedEngineOptions();
        options.Time = provider.GetService<TimeProvider>() ?? options.Time;
        options.Random = provider.GetService<Contracts.Ids.RandomSource>() ?? options.Random;
        configure(options);
        foreach (var further in provider.GetServices<IConfigureOptions<EmbeddedEngineOptions>>())
        {
            further.Configure(options);
        }

        return options;
    }
}
