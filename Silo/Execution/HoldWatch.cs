using System.Collections.Concurrent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>
/// Takes jobs out of their holds: paused ones when the pause is over, those before a gate when it has room, parents when no child is open. Hints make it
/// look sooner; the sweep finds everything without them.
/// </summary>
public sealed class HoldWatch(IHoldStore holds, GateKeeper gates, IRegistry registry, EpochLease lease, RunQueue ready, IGrainFactory grains, ExecutionOptions options)
{
    private const int GroupsASweep = 500;
    private const int ParentsASweep = 500;
    private const int ExpiredAtOnce = 200;
    private const int ExpiredRounds = 25;

    private readonly ConcurrentDictionary<JobId, bool> _parents = new();
    private PausedGroup? _groupsSweptTo;
    private JobId? _parentsSweptTo;
    private int _lookAtPaused;
    private volatile bool _noted;

    /// <summary>What keeps a job that has come up from starting now, and the gate that it then stands before; null: nothing. Costs nothing while nothing is held.</summary>
    public (JobHold Hold, string? GateKey)? HoldOf(StoredJob job)
    {
        var current = registry.Current;
        if (!current.MayHold)
        {
            return null;
        }

        if (current.PauseOf(job.Row.TenantId, job.Row.TemplateKey) is not null)
        {
            return (JobHold.Paused, null);
        }

        // Admitted before its tenant had limits: it stands before the tenant's gate like those that came after.
        return job.GateKey is null && current.Tenant(job.Row.TenantId)?.Limits.Any == true ? (JobHold.Limit, "") : null;
    }

    /// <summary>Parks a job that has come up and may not start.</summary>
    public async Task ParkAsync(StoredJob job, (JobHold Hold, string? GateKey) hold, DateTimeOffset now)
    {
        if (await holds.ParkAsync(new ParkedJob(job.Fence, hold.Hold, hold.GateKey, now), CancellationToken.None))
        {
            gates.Note(job with { GateKey = hold.GateKey });
        }
    }

    /// <summary>The job left its place.</summary>
    public void Note(StoredJob job)
    {
        gates.Note(job);
        if (job.Hold == JobHold.Children)
        {
            NoteParent(job.Row.Id);
        }
        else if (job.Row.ParentRunId is { } parent && job.Row.Status.IsFinal())
        {
            NoteParent(parent);
        }
    }

    /// <summary>A pause may be over.</summary>
    public void LookAtPaused() => Volatile.Write(ref _lookAtPaused, 1);

    /// <summary>How long nothing needs a look; infinite: until a hint or the sweep, or while no epoch is open under which anything could be taken.</summary>
    public TimeSpan UntilNext(DateTimeOffset now) =>
        lease.Current is null ? Timeout.InfiniteTimeSpan
        : _noted || Volatile.Read(ref _lookAtPaused) == 1 ? TimeSpan.Zero : gates.UntilNext(now);

    /// <summary>Adds jobs that were taken when they became due; those with a gate stand before it now.</summary>
    public void Take(IReadOnlyList<StoredJob> due)
    {
        if (!due.Any(job => job.Hold is not null))
        {
            ready.Take(due);
            return;
        }

        ready.Take([.. due.Where(job => job.Hold is null)]);
        foreach (var job in due.Where(job => job.Hold is not null))
        {
            gates.Note(job);
        }
    }

    /// <summary>Follows the hints.</summary>
    public async Task FeedAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return;
        }

        if (_noted)
        {
            // Cleared before the look: who is noted from here on is seen now or at the next one.
            _noted = false;
            foreach (var parent in _parents.Keys.OrderBy(job => job.Value))
            {
                await WakeAsync(parent, new Taker(epoch, ready.VirtualTime, now), cancel);
            }
        }

        if (Interlocked.Exchange(ref _lookAtPaused, 0) == 1)
        {
            await ReleasePausedAsync(now, cancel);
            // A tenant's changed limits concern gates that no job's end would name.
            await gates.SweepAsync(now, cancel);
        }

        await gates.OpenNotedAsync(now, cancel);
    }

    /// <summary>The slow look at everything that is held, and at what has lapsed while it was queued.</summary>
    public async Task SweepAsync(long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var work = await holds.LookAsync(now, cancel);
        if (work.Expired)
        {
            await EndExpiredAsync(epoch, now, cancel);
        }

        if (work.Paused)
        {
            await ReleasePausedAsync(now, cancel);
        }

        if (work.Parents)
        {
            await WakeParentsAsync(new Taker(epoch, ready.VirtualTime, now), cancel);
        }

        if (work.Gates)
        {
            await gates.SweepAsync(now, cancel);
        }
    }

    private async Task WakeParentsAsync(Taker taker, CancellationToken cancel)
    {
        var woken = await holds.WakeParentsAsync(_parentsSweptTo, ParentsASweep, taker, cancel);
        _parentsSweptTo = woken.Next;
        Take(woken.Parents);
    }

    private async Task WakeAsync(JobId parent, Taker taker, CancellationToken cancel)
    {
        // Removed first: a child that ends from here on notes its parent again.
        _parents.TryRemove(parent, out _);
        try
        {
            if (await holds.WakeParentAsync(parent, taker, cancel) is { } woken)
            {
                Take([woken]);
            }
        }
        catch
        {
            NoteParent(parent);
            throw;
        }
    }

    private void NoteParent(JobId parent)
    {
        _parents[parent] = true;
        _noted = true;
    }

    /// <summary>Page by page, so that a great backlog holds up neither the store nor the other tenants.</summary>
    private async Task ReleasePausedAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var groups = await holds.PausedGroupsAsync(_groupsSweptTo, GroupsASweep, cancel);
        _groupsSweptTo = groups.Count == GroupsASweep ? groups[^1] : null;
        foreach (var group in groups)
        {
            var released = options.PageSize;
            while (released == options.PageSize && registry.Current.PauseOf(group.Tenant, group.TemplateKey) is null)
            {
                released = await holds.ReleasePausedAsync(group, ready.VirtualTime, now, options.PageSize, cancel);
                ready.Backlog.NoteUnowned();
            }
        }
    }

    private async Task EndExpiredAsync(long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var full = true;
        for (var round = 0; full && round < ExpiredRounds; round++)
        {
            var expired = await holds.ExpiredAsync(epoch, now, ExpiredAtOnce, cancel);
            await Task.WhenAll(expired.Select(async job => await grains.Job(job.Row.TenantId, job.Row.Id).Expire()));
            full = expired.Count == ExpiredAtOnce;
        }
    }
}
