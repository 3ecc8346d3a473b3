using JobForge.Tests.Shared;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Fixtures;

/// <summary>
/// All that the engine suite asks of an engine. The suite and its grains are plain Orleans code, so that the same tests run on any
/// engine that has such a fixture; <see cref="Engines"/> says which.
/// </summary>
public abstract class EngineFixture : IAsyncDisposable
{
    /// <summary>The clock of timers, reminders, timeouts and collection.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Also a singleton among the grains' services.</summary>
    public Probe Probe { get; } = new();

    public abstract IGrainFactory Grains { get; }

    public abstract IServiceProvider Services { get; }

    /// <summary>Deactivates the grain and waits until it is gone.</summary>
    public abstract Task DeactivateAsync(GrainId grainId);

    /// <summary>Stops gracefully; the stores stay.</summary>
    public abstract Task StopAsync();

    /// <summary>Starts again after a stop, on the same stores.</summary>
    public abstract Task RestartAsync();

    /// <summary>Makes the stored state look as if another writer had changed it.</summary>
    public abstract void TouchStateByOther(string stateName, GrainId grainId);

    public abstract ValueTask DisposeAsync();
}
