using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>
/// Brings work from the store into memory: ready pages, jobs whose time has come, and what dead processes left. It does not rely on hints: they
/// only make it look sooner.
/// </summary>
public sealed partial class RecoveryScan(
    IJobQueue queue, IEpochStore epochs, EpochLease lease, RunQueue ready, ExecutionOptions options, DoubtfulJobs doubts, ILogger<RecoveryScan> log)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _nextDue;
    private bool _mayHaveMore = true;

    /// <summary>Whether the store may hold ready work that nobody owns.</summary>
    public bool MayHaveMore
    {
        get
        {
            lock (_gate)
            {
                return _mayHaveMore;
            }
        }
    }

    /// <summary>Whether a look at the store would bring something into memory now.</summary>
    public bool WantsFeed(DateTimeOffset now) => UntilNextDue(now) == TimeSpan.Zero || (MayHaveMore && ready.Room >= options.RefillRoom);

    /// <summary>Infinite also while memory is full: a due job then waits for room, of which the pump tells, and not for time.</summary>
    public TimeSpan UntilNextDue(DateTimeOffset now)
    {
        if (ready.Room == 0)
        {
            return Timeout.InfiniteTimeSpan;
        }

        lock (_gate)
        {
            return _nextDue is not { } due ? Timeout.InfiniteTimeSpan : due > now ? due - now : TimeSpan.Zero;
        }
    }

    /// <summary>Takes a hint of unowned work, ready or due at a time.</summary>
    /// <returns>True when it calls for a look now, or for one sooner than was planned.</returns>
    public bool Notice(DateTimeOffset? due)
    {
        lock (_gate)
        {
            if (due is null)
            {
                _mayHaveMore = true;
                return ready.Room >= options.RefillRoom;
            }

            if (_nextDue is not null && due >= _nextDue)
            {
                return false;
            }

            _nextDue = due;
            return true;
        }
    }

    /// <summary>Takes due jobs, then ready pages, while there is room.</summary>
    public async Task FeedAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return;
        }

        if (UntilNextDue(now) == TimeSpan.Zero)
        {
            await TakeDueAsync(epoch, now, cancel);
        }

        while (MayHaveMore && ready.Room >= options.RefillRoom)
        {
            var limit = Math.Min(ready.Room, options.PageSize);
            SetMayHaveMore(value: false);
            var page = await queue.TakeReadyAsync(epoch, limit, cancel);
            if (page.Count == limit)
            {
                SetMayHaveMore(value: true);
            }

            ready.Add(page, more: page.Count == limit);
        }
    }

    /// <summary>The slow look at everything: dead processes, cancel wishes, due times and unowned work that no hint announced.</summary>
    /// <returns>Running jobs of this process that are to be canceled.</returns>
    public async Task<IReadOnlyList<JobId>> SweepAsync(DateTimeOffset now, bool anyRunning, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return [];
        }

        foreach (var dead in await epochs.DeclareDeadAsync(now, cancel))
        {
            await TakeOverAsync(dead, epoch, now, cancel);
        }

        await doubts.ResolveAsync(epoch, cancel);
        var due = await queue.NextDueAsync(cancel);
        lock (_gate)
        {
            _nextDue = due;
            _mayHaveMore = true;
        }

        return anyRunning ? await queue.CancelRequestsAsync(epoch, cancel) : [];
    }

    /// <summary>A write about this job ended without an answer: the next sweep looks it up.</summary>
    public void Doubt(TenantId tenant, JobId job) => doubts.Add(tenant, job);

    /// <summary>Gives every queued job of the epoch back, for others to take; the last step of a drain.</summary>
    public Task ReleaseAsync(long epoch, CancellationToken cancel) => queue.ReleaseAsync(epoch, cancel);

    private async Task TakeDueAsync(long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var limit = Math.Min(ready.Room, options.PageSize);
        if (limit == 0)
        {
            return;
        }

        var page = await queue.TakeDueAsync(epoch, now, ready.VirtualTime, limit, cancel);
        ready.Add(page, more: null);
        var next = await queue.NextDueAsync(cancel);
        lock (_gate)
        {
            _nextDue = next;
        }
    }

    private async Task TakeOverAsync(long dead, long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        TakeOver taken;
        do
        {
            // The lost attempts' own backoff is over by now: a lease has passed since they stopped.
            taken = await epochs.TakeOverAsync(dead, epoch, now, now, options.PageSize, cancel);
            TookOver(dead, taken.Freed, taken.Exhausted.Count);
            foreach (var job in taken.Exhausted)
            {
                await doubts.EndLostAsync(job, epoch);
            }
        }
        while (taken.More);
    }

    private void SetMayHaveMore(bool value)
    {
        lock (_gate)
        {
            _mayHaveMore = value;
        }
    }

    [LoggerMessage(1301, LogLevel.Warning, "Took over from dead epoch {Dead}: {Freed} jobs freed, {Exhausted} to be ended")]
    private partial void TookOver(long dead, int freed, int exhausted);
}
