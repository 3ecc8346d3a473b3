using JobForge.Runtime.Execution;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What every grain class is, with or without the <see cref="Grain"/> class.</summary>
public interface IGrainBase
{
    IGrainContext GrainContext { get; }

    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}

/// <summary>The usual base of a grain class. The runtime constructs it within its activation; other code cannot.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation _activation;

    protected Grain() => _activation = Activation.Here;

    public IGrainContext GrainContext => _activation;

    public GrainReference GrainReference => _activation.GrainReference;

    public string IdentityString => _activation.GrainId.ToString();

    public string RuntimeIdentity => _activation.Engine.Name;

    protected IGrainFactory GrainFactory => _activation.Engine.Factory;

    protected internal IServiceProvider ServiceProvider => _activation.ActivationServices;

    /// <summary>Runs after the persistent state is loaded and before the first request.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last request, but not after a crash: nothing important belongs here.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deactivates once all running requests have ended; queued ones go to a new activation.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Holds off idle collection for the span; zero or less cancels that, an infinite one holds for ever.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => _activation.Age.Delay(timeSpan);
}
