using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>The loop that keeps memory fed: at hints and due times at once, and every <see cref="ExecutionOptions.SweepEvery"/> without any.</summary>
public sealed partial class QueueFeeder(
    RecoveryScan recovery, RunQueue ready, RunExecutor executor, IStoreSignals signals, ExecutionOptions options, TimeProvider time, ILogger<QueueFeeder> log)
{
    private readonly Signal _hint = new();
    private int _inheritNow = 1;
    private int _sweepNow = 1;
    private int _toDonate;
    private int _distrust;
    private long _ownDonationUntil;

    public void Hint() => _hint.Set();

    public void NoteDue(DateTimeOffset due)
    {
        // A later one changes nothing about when to look next.
        if (recovery.NoteDue(due))
        {
            Hint();
        }
    }

    public void NoteUnowned()
    {
        recovery.NoteUnowned();
        Hint();
    }

    /// <summary>The job left its place: what waits for that may go on.</summary>
    public void NoteLeft(StoredJob job)
    {
        recovery.Holds.Note(job);
        Hint();
    }

    public void LookAtHolds()
    {
        recovery.Holds.LookAtPaused();
        Hint();
    }

    /// <summary>What keeps a job that has come up from starting; null: nothing.</summary>
    public (JobHold Hold, string? GateKey)? HoldOf(StoredJob job) => recovery.Holds.HoldOf(job);

    public async Task ParkAsync(StoredJob job, (JobHold Hold, string? GateKey) hold)
    {
        await recovery.Holds.ParkAsync(job, hold, time.GetUtcNow());
        Hint();
    }

    /// <summary>A write about this job ended without an answer: the next sweep looks it up.</summary>
    public void Doubt(StoredJob job) => recovery.Doubt(job.Row.TenantId, job.Row.Id);

    /// <summary>Before the first epoch is opened.</summary>
    public Task CatchUpAsync(CancellationToken cancel) => recovery.CatchUpAsync(cancel);

    /// <summary>A process has ended, or this one's own epoch has: looks for what is to be inherited.</summary>
    public void InheritNow()
    {
        Volatile.Write(ref _inheritNow, 1);
        Hint();
    }

    /// <summary>Hints may have been missed: looks at everything else.</summary>
    public void SweepNow()
    {
        Volatile.Write(ref _sweepNow, 1);
        Hint();
    }

    /// <summary>Other processes have nothing to do: so many jobs of this one are theirs to take.</summary>
    public void Donate(int jobs)
    {
        Volatile.Write(ref _toDonate, jobs);
        Hint();
    }

    /// <summary>An answer of the store was lost: this process's part of the queue is read again.</summary>
    public void Distrust()
    {
        Volatile.Write(ref _distrust, 1);
        Hint();
    }

    /// <summary>Gives away what is queued here, while the condition holds. For a process that ends, when its loops have.</summary>
    public Task LeaveAsync(Func<bool> goOn, CancellationToken cancel) => recovery.LeaveAsync(goOn, time.GetUtcNow(), cancel);

    /// <summary>Asks for a page when there is room for one.</summary>
    public void HintIfWanted()
    {
        if (recovery.WantsFeed(time.GetUtcNow()))
        {
            Hint();
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        signals.Received += OnSignal;
        try
        {
            var sweepAt = time.GetUtcNow();
            while (!stop.IsCancellationRequested)
            {
                sweepAt = await FeedOnceAsync(sweepAt, stop);
                await WaitAsync(sweepAt, stop);
            }
        }
        finally
        {
            signals.Received -= OnSignal;
        }
    }

    private async Task<DateTimeOffset> FeedOnceAsync(DateTimeOffset sweepAt, CancellationToken stop)
    {
        try
        {
            var now = time.GetUtcNow();
            if (Interlocked.Exchange(ref _inheritNow, 0) == 1)
            {
                await recovery.InheritAsync(now, stop);
            }

            if (Interlocked.Exchange(ref _sweepNow, 0) == 1 || now >= sweepAt)
            {
                executor.CancelRequested(await recovery.SweepAsync(executor.ActiveCount > 0, now, stop));
                sweepAt = now + options.SweepEvery;
            }

            if (Interlocked.Exchange(ref _distrust, 0) == 1)
            {
                recovery.Distrust(now);
            }

            if (Interlocked.Exchange(ref _toDonate, 0) is > 0 and var jobs)
            {
                // The store tells every process of the gift, this one too, which would have it back before the others come.
                Volatile.Write(ref _ownDonationUntil, (now + options.RenewEvery).UtcTicks);
                await recovery.DonateAsync(jobs, now, stop);
            }

            await recovery.FeedAsync(now, stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            // Jobs may have been taken whose names did not arrive.
            FeedFailed(failure);
            (_inheritNow, _sweepNow, _distrust) = (1, 1, 1);
            await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
        }

        return sweepAt;
    }

    private async Task WaitAsync(DateTimeOffset sweepAt, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var wait = sweepAt - now;
        var due = recovery.UntilNextDue(now);
        if (due >= TimeSpan.Zero && due < wait)
        {
            wait = due;
        }

        var held = recovery.Holds.UntilNext(now);
        if (held >= TimeSpan.Zero && held < wait)
        {
            wait = held;
        }

        if (wait > TimeSpan.Zero)
        {
            await _hint.WaitAsync(wait, time, stop);
        }
    }

    private void OnSignal(StoreSignal signal)
    {
        switch (signal.Kind)
        {
            case StoreSignalKind.JobChanged when signal.Job is { } job && (ready.Find(job) is not null || executor.IsActive(job)):
                Recheck(job);
                break;
            case StoreSignalKind.Donated when time.GetUtcNow().UtcTicks > Volatile.Read(ref _ownDonationUntil):
                NoteUnowned();
                break;
            case StoreSignalKind.LookAtEverything:
                SweepNow();
                break;
            default:
                break;
        }
    }

    /// <summary>The sweep reads the cancel wishes; a job that waits here is looked up, for it may not be this process's any more.</summary>
    private void Recheck(JobId job)
    {
        if (ready.Find(job) is { } waiting)
        {
            recovery.Doubt(waiting.Row.TenantId, job);
        }

        SweepNow();
    }

    [LoggerMessage(1003, LogLevel.Warning, "The store did not answer; trying again")]
    private partial void FeedFailed(Exception failure);
}
