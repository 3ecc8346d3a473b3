using JobForge.Contracts.Access;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Grains.Jobs;

/// <summary>A run and the jobs that it requested. Calls go from parent to child only, and no deeper than a run may be, so they cannot meet in a circle.</summary>
public sealed class RunFamily(IReadModel reads, IGrainFactory grains)
{
    /// <summary>Asks every open child to cancel, each for itself: a child that has just ended is none of the caller's concern.</summary>
    public async Task CancelOpen(StoredJob parent, Caller caller)
    {
        var (tenant, id) = (parent.Row.TenantId, parent.Row.Id);
        var children = await reads.ChildrenAsync(tenant, id, ChildRun.MostChildren, CancellationToken.None);
        await Task.WhenAll(children.Where(child => !child.Status.IsFinal())
            .Select(async child => await grains.Job(tenant, child.Id).Cancel(new JobCommand(caller, child.Id, $"its parent {id} was canceled"))));
    }
}
