using JobForge.Runtime.Execution;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Hosting;

/// <summary>One engine: a silo and its client in this process. Several may live side by side; they share nothing but emitted types.</summary>
public sealed class EmbeddedEngine : IHostedService, IAsyncDisposable
{
    private readonly EngineCore _core;

    /// <exception cref="OrleansConfigurationException">A grain class or a pair of them is unusable.</exception>
    public EmbeddedEngine(IServiceProvider services, EmbeddedEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        _core = new EngineCore(services, options);
    }

    public IClusterClient Client => _core.Factory;

    /// <summary>How many activations exist now.</summary>
    public int ActivationCount => _core.Directory.Activations.Count();

    public Task StartAsync(CancellationToken cancellationToken) => _core.StartAsync(cancellationToken);

    /// <summary>
    /// Stops gracefully: new calls from outside are refused, running requests end, every activation is deactivated. When the token is
    /// canceled first, the calls that are still open end with SiloUnavailableException.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken) => _core.StopAsync(cancellationToken);

    /// <summary>Deactivates the grain, if it is active, and waits until its activation is gone.</summary>
    public Task DeactivateAsync(GrainId grainId) => _core.DeactivateAsync(grainId);

    /// <summary>
    /// Dies as a killed process would: no further turn runs, nothing is deactivated, and the open calls of callers outside end with
    /// SiloUnavailableException. For simulations and tests.
    /// </summary>
    public void Crash() => _core.Crash();

    public async ValueTask DisposeAsync() => await _core.StopAsync(CancellationToken.None);
}
