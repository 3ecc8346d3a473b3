using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>
/// Stage 4, one a process: keeps its lease, feeds the memory queue from the store, and starts jobs in fair order while slots are free. The rows
/// are the queue; all that is in here can be lost at any moment.
/// </summary>
public sealed partial class ExecutionHost(
    EpochLease lease, RunQueue ready, RecoveryScan recovery, RunExecutor executor, ExecutionOptions options, TimeProvider time, ILogger<ExecutionHost> log)
    : IHostedService, IRunDispatch
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _feed = new();
    private readonly Signal _idle = new();
    private Task _loops = Task.CompletedTask;
    private int _slots = options.Slots;
    private int _inFlight;

    public double VirtualTime => ready.VirtualTime;

    /// <summary>Handlers that run now.</summary>
    public int Running => executor.ActiveCount;

    /// <summary>Jobs waiting in this process's memory.</summary>
    public int Waiting => ready.Count;

    /// <summary>True from the stop signal on: the process finishes what runs and takes nothing new.</summary>
    public bool IsDraining => _stopping.IsCancellationRequested;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lease.Lost += OnLeaseLost;
        await lease.OpenAsync(cancellationToken);
        executor.Listen();
        _loops = Task.WhenAll(PumpAsync(_stopping.Token), FeedAsync(_stopping.Token), RenewAsync(_stopping.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Draining(Running);
        await _stopping.CancelAsync();
        ready.Changed.Set();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ready.Clear();
        // The lease is kept alive while handlers finish, so that nobody takes their jobs over meanwhile.
        await WaitForIdleAsync(options.DrainPeriod, cancellationToken);
        executor.StopAll(RunEndKind.Drained);
        await WaitForIdleAsync(options.StopGrace + TimeSpan.FromSeconds(1), cancellationToken);
        if (lease.Current is { } epoch)
        {
            await recovery.ReleaseAsync(epoch, CancellationToken.None);
            await lease.CloseAsync(CancellationToken.None);
        }
    }

    public long? TryReserve(double fairTag)
    {
        if (IsDraining || lease.Current is not { } epoch || !ready.TryReserve(fairTag))
        {
            return null;
        }

        return epoch;
    }

    public void Release(long epoch) => ready.Release();

    public void Enqueue(StoredJob job) => ready.Enqueue(job);

    public void Forget(JobId job) => ready.Forget(job);

    public void Doubt(StoredJob job) => recovery.Doubt(job.Row.TenantId, job.Row.Id);

    public void Notice(DateTimeOffset? due)
    {
        // What finds memory full is fetched when there is room, of which the pump tells.
        if (recovery.Notice(due))
        {
            _feed.Set();
        }
    }

    private async Task PumpAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ready.Changed.WaitAsync();
            while (!stop.IsCancellationRequested && Volatile.Read(ref _slots) > 0 && Volatile.Read(ref _inFlight) < options.MaxInFlight && ready.TryTake(out var job))
            {
                // A job of an epoch that is over belongs to whoever takes it over.
                if (job.OwnerEpoch == lease.Current)
                {
                    Interlocked.Decrement(ref _slots);
                    Interlocked.Increment(ref _inFlight);
                    _ = RunAsync(job);
                }
            }

            if (recovery.WantsFeed(time.GetUtcNow()))
            {
                _feed.Set();
            }
        }
    }

    private async Task RunAsync(StoredJob job)
    {
        var handling = RunHandling.Doubtful;
        try
        {
            handling = await executor.RunAsync(job, FreeSlot);
        }
        catch (Exception failure)
        {
            RunFailed(job.Row.Id, failure);
        }
        finally
        {
            NoteEnded();
        }

        if (handling == RunHandling.Doubtful)
        {
            Doubt(job);
        }
        else if (handling == RunHandling.NotStarted && !IsDraining)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time);
            Offer(job);
        }
    }

    // The pump stands still for want of a slot or of room in flight only when there is none: the first one that comes free wakes it.
    private void FreeSlot()
    {
        if (Interlocked.Increment(ref _slots) == 1)
        {
            ready.Changed.Set();
        }
    }

    private void NoteEnded()
    {
        var left = Interlocked.Decrement(ref _inFlight);
        if (left == options.MaxInFlight - 1)
        {
            ready.Changed.Set();
        }

        if (left == 0)
        {
            _idle.Set();
        }
    }

    /// <summary>Puts a job back whose start failed for a passing reason; under a new epoch the recovery scan finds it instead.</summary>
    private void Offer(StoredJob job)
    {
        if (job.OwnerEpoch == lease.Current)
        {
            ready.Add([job], more: null);
        }
    }

    private async Task FeedAsync(CancellationToken stop)
    {
        var sweepAt = time.GetUtcNow();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var now = time.GetUtcNow();
                if (now >= sweepAt)
                {
                    executor.CancelRequested(await recovery.SweepAsync(now, Running > 0, stop));
                    sweepAt = now + options.SweepEvery;
                }

                await recovery.FeedAsync(now, stop);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                FeedFailed(failure);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
            }

            await WaitForFeedAsync(sweepAt, stop);
        }
    }

    private async Task WaitForFeedAsync(DateTimeOffset sweepAt, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var wait = sweepAt - now;
        var due = recovery.UntilNextDue(now);
        if (due >= TimeSpan.Zero && due < wait)
        {
            wait = due;
        }

        if (wait > TimeSpan.Zero)
        {
            await _feed.WaitAsync(wait, time, stop);
        }
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(options.RenewEvery, time, stop);
            await RenewOnceAsync(stop);
        }
    }

    private async Task RenewOnceAsync(CancellationToken stop)
    {
        try
        {
            await lease.RenewAsync(stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            FeedFailed(failure);
        }
    }

    private async Task WaitForIdleAsync(TimeSpan atMost, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + atMost;
        while (Volatile.Read(ref _inFlight) > 0 && time.GetUtcNow() < until && !cancel.IsCancellationRequested)
        {
            await _idle.WaitAsync(options.RenewEvery, time, cancel);
            await RenewOnceAsync(CancellationToken.None);
        }
    }

    private void OnLeaseLost(long epoch)
    {
        ready.Clear();
        executor.StopAll(RunEndKind.LeaseLost);
        Notice(null);
    }
}
