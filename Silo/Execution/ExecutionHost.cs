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
    private static readonly TimeSpan WaitForRoom = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _feed = new(0, 1);
    private readonly SemaphoreSlim _idle = new(0, 1);
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
        recovery.Notice(due);
        Signal(_feed);
    }

    private async Task PumpAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ready.WaitAsync(stop);
            while (Volatile.Read(ref _slots) > 0 && Volatile.Read(ref _inFlight) < options.MaxInFlight && ready.TryTake(out var job))
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
                Signal(_feed);
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
            Interlocked.Decrement(ref _inFlight);
            ready.Signal();
            Signal(_idle);
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

    private void FreeSlot()
    {
        Interlocked.Increment(ref _slots);
        ready.Signal();
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
            // What is due already was not taken for want of room: look again soon instead of spinning.
            wait = due > TimeSpan.Zero || ready.Room > 0 ? due : WaitForRoom;
        }

        if (wait > TimeSpan.Zero)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(_feed.WaitAsync(enough.Token), Task.Delay(wait, time, enough.Token));
            await enough.CancelAsync();
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
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(_idle.WaitAsync(enough.Token), Task.Delay(options.RenewEvery, time, enough.Token));
            await enough.CancelAsync();
            await RenewOnceAsync(CancellationToken.None);
        }
    }

    private void OnLeaseLost(long epoch)
    {
        ready.Clear();
        executor.StopAll(RunEndKind.LeaseLost);
        Notice(null);
    }

    private static void Signal(SemaphoreSlim signal)
    {
        try
        {
            if (signal.CurrentCount == 0)
            {
                signal.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Two signals met; one is enough.
        }
    }
}
