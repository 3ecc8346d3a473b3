using JobForge.Runtime.Hosting;
using JobForge.Runtime.Persistence;
using JobForge.Runtime.Reminders;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Tests.Fixtures;

/// <summary>The engine under test.</summary>
public static class Engines
{
    public static async Task<EngineFixture> StartAsync()
    {
        var fixture = new EmbeddedFixture();
        await fixture.RestartAsync();
        return fixture;
    }
}

internal sealed class EmbeddedFixture : EngineFixture
{
    private readonly InMemoryGrainStorage _states = new();
    private readonly InMemoryReminderStore _reminders = new();
    private ServiceProvider? _services;

    public override IGrainFactory Grains => Engine.Client;

    public override IServiceProvider Services => _services!;

    public EmbeddedEngine Engine => _services!.GetRequiredService<EmbeddedEngine>();

    public override Task DeactivateAsync(GrainId grainId) => Probe.Within(Engine.DeactivateAsync(grainId));

    public override Task StopAsync() => Probe.Within(Engine.StopAsync(CancellationToken.None));

    public override async Task RestartAsync()
    {
        _services = new ServiceCollection()
            .AddSingleton(Probe)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IReminderStore>(_reminders)
            .AddSingleton<IGrainStorage>(_states)
            .AddEmbeddedGrains(options => options.AddAssembly(typeof(EmbeddedFixture).Assembly))
            .BuildServiceProvider();
        await Engine.StartAsync(CancellationToken.None);
    }

    public override void TouchStateByOther(string stateName, GrainId grainId) => _states.TouchByOther(stateName, grainId);

    public override async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Engine.StopAsync(patience.Token);
        await _services!.DisposeAsync();
    }
}
