using Microsoft.Extensions.Hosting;

namespace JobForge.Gateway;

/// <summary>Whether the process is on its way out: then /readyz says so, and load balancers send nothing new.</summary>
public interface IDrainState
{
    bool IsDraining { get; }
}

/// <summary>Draining from the moment that the host begins to stop. A host that drains earlier registers its own.</summary>
internal sealed class HostDrainState(IHostApplicationLifetime lifetime) : IDrainState
{
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;
}
