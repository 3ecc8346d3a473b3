using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>
/// Brings work from the store into memory: ready pages, jobs whose time has come, and what dead processes left. It does not rely on hints: they
/// only make it look sooner.
/// </summary>
public sealed partial class RecoveryScan(
    IJobQueue queue, IEpochStore epochs, EpochLease lease, RunQueue ready, ExecutionOptions options, IGrainFactory grains, ILogger<RecoveryScan> log)
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
    public bool WantsFeed(DateTimeOffset now) => UntilNextDue(now) == TimeSpan.Zero || (MayHaveMore && ready.Room >= options.PageSize / 2);

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

    public void Notice(DateTimeOffset? due)
    {
        lock (_gate)
        {
            if (due is null)
            {
                _mayHaveMore = true;
            }
            else if (_nextDue is null || due < _nextDue)
            {
                _nextDue = due;
            }
        }
    }

    /// <summary>Takes due jobs, then ready pages while there is room. Answers whether the store may hold more than fits.</summary>
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

        while (MayHaveMore && ready.Room >= options.PageSize / 2)
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
    public async Task<IReadOnlyList<Contracts.Ids.JobId>> SweepAsync(DateTimeOffset now, bool anyRunning, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return [];
        }

        foreach (var dead in await epochs.DeclareDeadAsync(now, cancel))
        {
            await TakeOverAsync(dead, epoch, now, cancel);
        }

        var due = await queue.NextDueAsync(cancel);
        lock (_gate)
        {
            _nextDue = due;
            _mayHaveMore = true;
        }

        return anyRunning ? await queue.CancelRequestsAsync(epoch, cancel) : [];
    }

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
                await grains.Job(job.Row.TenantId, job.Row.Id).Complete(new RunEnd
                {
                    Lease = new RunLease(epoch, job.Row.Attempts),
                    Kind = RunEndKind.LeaseLost,
                    StartedAt = job.Row.StartedAt ?? job.Row.UpdatedAt,
                    Error = new JobError("lease_lost", "The process that ran the job died or lost its lease."),
                });
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
