using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Execution;

/// <summary>
/// Brings work from the store into memory: pages of the epochs that this process holds, unowned jobs, jobs whose time has come, and what ended
/// processes left. It does not rely on hints: they only make it look sooner.
/// </summary>
public sealed class RecoveryScan(
    IJobQueue queue, EpochHeir heir, EpochLease lease, RunQueue ready, HoldWatch holds, DoubtfulJobs doubts, ExecutionOptions options)
{
    private readonly Backlog _backlog = ready.Backlog;
    private readonly Lock _gate = new();
    private DateTimeOffset? _nextDue;
    private DateTimeOffset _distrustUntil;

    /// <summary>Whether a look at the store would bring something into memory now.</summary>
    public bool WantsFeed(DateTimeOffset now) => UntilNextDue(now) == TimeSpan.Zero || holds.UntilNext(now) == TimeSpan.Zero || (_backlog.HasMore && ready.Room >= options.RefillRoom);

    /// <summary>
    /// Infinite also while memory is full or no epoch is open: a due job then waits for room, of which the pump tells, or for the epoch, and not for time.
    /// </summary>
    public TimeSpan UntilNextDue(DateTimeOffset now)
    {
        if (ready.Room == 0 || lease.Current is null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        lock (_gate)
        {
            return _nextDue is not { } due ? Timeout.InfiniteTimeSpan : due > now ? due - now : TimeSpan.Zero;
        }
    }

    /// <summary>What is held, and what waits for that.</summary>
    public HoldWatch Holds => holds;

    /// <summary>A job waits until then.</summary>
    /// <returns>True when no other is due sooner.</returns>
    public bool NoteDue(DateTimeOffset due)
    {
        lock (_gate)
        {
            if (due >= _nextDue)
            {
                return false;
            }

            _nextDue = due;
            return true;
        }
    }

    /// <summary>Somebody may have left ready jobs without an owner.</summary>
    public void NoteUnowned() => _backlog.NoteUnowned();

    /// <summary>Where fair order stands in the store, for a process that has just started.</summary>
    public async Task CatchUpAsync(CancellationToken cancel) => ready.AdvanceTo(await queue.LeastTagAsync(cancel) ?? 0);

    /// <summary>Takes due jobs, then pages, while there is room.</summary>
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

        await holds.FeedAsync(now, cancel);
        while (lease.Current == epoch && ready.Room >= options.RefillRoom && (_backlog.TakeUnowned() ? await TakeUnownedAsync(epoch, cancel) : await LoadAsync(epoch, cancel)))
        {
        }
    }

    /// <summary>The slow look at what hints may have missed: cancel wishes, due times and unowned work. Of ended processes the renewal of the lease tells.</summary>
    /// <returns>Running jobs of this process that are to be canceled.</returns>
    public async Task<IReadOnlyList<JobId>> SweepAsync(bool anyRunning, DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return [];
        }

        await heir.ForgetRecoveredAsync(epoch, cancel);
        await doubts.ResolveAsync(epoch, cancel);
        var due = await queue.NextDueAsync(cancel);
        lock (_gate)
        {
            _nextDue = due;
        }

        _backlog.NoteUnowned();
        if (now < _distrustUntil)
        {
            _backlog.LoadAnew();
        }

        await holds.SweepAsync(epoch, now, cancel);
        return anyRunning ? await queue.CancelRequestsAsync(epoch, cancel) : [];
    }

    /// <summary>Inherits what ended processes left.</summary>
    public async Task InheritAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is { } epoch && await heir.InheritAsync(epoch, now, cancel))
        {
            NoteDue(now);
        }
    }

    /// <summary>
    /// An answer of the store was lost, and with it perhaps the names of jobs that this process owns now: its queue is read anew, at once and in the sweeps of
    /// the next while, since the server may still be at work on what it was asked.
    /// </summary>
    public void Distrust(DateTimeOffset now)
    {
        _distrustUntil = now + options.LongestWrite;
        _backlog.LoadAnew();
    }

    /// <summary>
    /// Other processes have free slots and nothing to do: frees jobs for them, a page from behind what is loaded, or else the last ones of memory. Called by
    /// the feeding loop only, so that no page is being loaded meanwhile.
    /// </summary>
    public async Task DonateAsync(int count, DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is { } epoch)
        {
            await GiveAsync(_backlog.ToDonate() is { } behind ? await PageToDonateAsync(behind, epoch, now, cancel) : ready.TakeLast(count), cancel);
        }
    }

    /// <summary>Frees what waits in memory, then page after page, as long as the condition holds; what is left is inherited.</summary>
    public async Task LeaveAsync(Func<bool> goOn, DateTimeOffset now, CancellationToken cancel)
    {
        if (lease.Current is not { } epoch)
        {
            return;
        }

        foreach (var waiting in goOn() ? ready.TakeLast(int.MaxValue).Reverse().Chunk(options.PageSize) : [])
        {
            await GiveAsync(waiting, cancel);
        }

        while (goOn() && _backlog.ToDonate() is { } behind && await PageToDonateAsync(behind, epoch, now, cancel) is { Count: > 0 } page)
        {
            await GiveAsync(page, cancel);
        }
    }

    private async Task GiveAsync(IReadOnlyList<StoredJob> jobs, CancellationToken cancel)
    {
        try
        {
            await queue.GiveBackAsync([.. jobs.Select(job => job.Fence)], cancel);
        }
        catch
        {
            foreach (var job in jobs)
            {
                doubts.Add(job.Row.TenantId, job.Row.Id);
            }

            throw;
        }
    }

    /// <summary>A youngest job may be committed and not yet in memory, where it has its place: left out.</summary>
    private async Task<IReadOnlyList<StoredJob>> PageToDonateAsync((long Epoch, QueuePosition After) behind, long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var page = await queue.LoadOwnedAsync(behind.Epoch, epoch, behind.After, options.PageSize, cancel);
        return [.. page.Where(job => job.Row.UpdatedAt < now - TimeSpan.FromSeconds(1) && !ready.IsInHand(job.Row.Id))];
    }

    /// <summary>A write about this job ended without an answer: the next sweep looks it up.</summary>
    public void Doubt(TenantId tenant, JobId job) => doubts.Add(tenant, job);

    private async Task TakeDueAsync(long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var limit = Math.Min(ready.Room, options.PageSize);
        if (limit == 0)
        {
            return;
        }

        holds.Take(await queue.TakeDueAsync(epoch, now, ready.VirtualTime, limit, cancel));
        var next = await queue.NextDueAsync(cancel);
        lock (_gate)
        {
            _nextDue = next;
        }
    }

    private async Task<bool> TakeUnownedAsync(long epoch, CancellationToken cancel)
    {
        var limit = Math.Min(ready.Room, options.PageSize);
        IReadOnlyList<StoredJob> page;
        try
        {
            page = await queue.TakeReadyAsync(epoch, limit, cancel);
        }
        catch
        {
            _backlog.NoteUnowned();
            throw;
        }

        ready.Take(page);
        _backlog.TookUnowned(page, page.Count == limit);
        return true;
    }

    private async Task<bool> LoadAsync(long epoch, CancellationToken cancel)
    {
        // Asked in this order: a new epoch is current before its queue can be the next, and under the old one its page would be empty and pass for loaded.
        if (_backlog.NextToLoad() is not { } next || lease.Current != epoch)
        {
            return false;
        }

        var limit = Math.Min(ready.Room, options.PageSize);
        var page = await ready.LoadAsync(() => queue.LoadOwnedAsync(next.Epoch, epoch, next.After, limit, cancel));
        _backlog.Loaded(next.Epoch, next.After, page, page.Count == limit);
        return true;
    }
}
