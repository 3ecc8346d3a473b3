using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>
/// Stage 4, one a process: keeps its lease and starts jobs in fair order while slots are free; QueueFeeder keeps its memory fed from the store. The
/// rows are the queue; all that is in here can be lost at any moment.
/// </summary>
public sealed partial class ExecutionHost(
    EpochLease lease, RunQueue ready, QueueFeeder feeder, RunExecutor executor, ExecutionOptions options, TimeProvider time, ILogger<ExecutionHost> log)
    : IHostedService, IRunDispatch
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _idle = new();
    private Task _loops = Task.CompletedTask;
    private Action? _freeSlot;
    private int _slots = options.Slots;
    private int _inFlight;
    private bool _hadSpare;
    private int _started;

    public double VirtualTime => ready.VirtualTime;

    /// <summary>Handlers that run now.</summary>
    public int Running => executor.ActiveCount;

    /// <summary>Jobs waiting in this process's memory.</summary>
    public int Waiting => ready.Count;

    /// <summary>True from the stop signal on: the process finishes what runs and takes nothing new.</summary>
    public bool IsDraining => _stopping.IsCancellationRequested;

    private bool IsHungry => Volatile.Read(ref _slots) > 0 && ready.Count == 0 && !IsDraining;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lease.Lost += OnLeaseLost;
        lease.Opened += OnLeaseOpened;
        await feeder.CatchUpAsync(cancellationToken);
        await lease.OpenAsync(cancellationToken);
        executor.Listen();
        _loops = Task.WhenAll(PumpAsync(_stopping.Token), feeder.RunAsync(_stopping.Token), RenewAsync(_stopping.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Draining(Running);
        _stopping.Cancel();
        ready.Changed.Set();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        await LeaveQueueAsync(cancellationToken);
        ready.Clear();
        // The lease is kept alive while handlers finish, so that nobody takes their jobs over meanwhile.
        await WaitForIdleAsync(options.DrainPeriod, cancellationToken);
        executor.StopAll(RunEndKind.Drained);
        await WaitForIdleAsync(options.StopGrace + TimeSpan.FromSeconds(1), cancellationToken);
        // What is still queued under the epoch is inherited with it by another process, or by the next start.
        await lease.CloseAsync(CancellationToken.None);
    }

    public Reservation? TryReserve(double fairTag) =>
        IsDraining || lease.Current is not { } epoch ? null : new Reservation(epoch, ready.TryReserve(fairTag));

    public void Release(Reservation reservation)
    {
        if (reservation.InMemory)
        {
            ready.Release();
        }
    }

    public void Enqueue(Reservation reservation, StoredJob job)
    {
        if (reservation.InMemory)
        {
            ready.Enqueue(job);
        }
        else
        {
            ready.Stored(job.FairTag);
        }
    }

    public void Forget(JobId job) => ready.Forget(job);

    public void Doubt(StoredJob job) => feeder.Doubt(job);

    public void Distrust() => feeder.Distrust();

    public void Left(StoredJob job) => feeder.NoteLeft(job);

    public void LookAtHolds() => feeder.LookAtHolds();

    public void Notice(DateTimeOffset? due)
    {
        if (due is { } at)
        {
            feeder.NoteDue(at);
        }
        else
        {
            feeder.NoteUnowned();
        }
    }

    private async Task PumpAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ready.Changed.WaitAsync();
            while (!stop.IsCancellationRequested && Volatile.Read(ref _slots) > 0 && Volatile.Read(ref _inFlight) < options.MaxInFlight && ready.TryTake(out var job))
            {
                // A job of an epoch that is over belongs to whoever inherits it.
                if (lease.Holds(job) && feeder.HoldOf(job) is { } hold)
                {
                    Interlocked.Increment(ref _inFlight);
                    _ = ParkAsync(job, hold);
                }
                else if (lease.Holds(job))
                {
                    Interlocked.Decrement(ref _slots);
                    Interlocked.Increment(ref _inFlight);
                    _started++;
                    _ = RunAsync(job);
                }
                else
                {
                    // Its admission may have come too late for its epoch: such a row has no owner.
                    ready.Settle(job);
                    feeder.NoteUnowned();
                }
            }

            feeder.HintIfWanted();
        }
    }

    private async Task ParkAsync(StoredJob job, (JobHold Hold, string? GateKey) hold)
    {
        try
        {
            await feeder.ParkAsync(job, hold);
        }
        catch (Exception failure)
        {
            ParkFailed(job.Row.Id, failure);
            Doubt(job);
        }
        finally
        {
            ready.Settle(job);
            NoteEnded();
        }
    }

    private async Task RunAsync(StoredJob job)
    {
        var handling = RunHandling.Doubtful;
        try
        {
            handling = await executor.RunAsync(job, _freeSlot ??= FreeSlot);
        }
        catch (Exception failure)
        {
            RunFailed(job.Row.Id, failure);
        }
        finally
        {
            NoteEnded();
        }

        if (handling == RunHandling.NotStarted && !IsDraining)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time);
            Offer(job);
            return;
        }

        ready.Settle(job);
        if (handling == RunHandling.Doubtful)
        {
            Doubt(job);
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
        if (lease.Holds(job))
        {
            ready.Return(job);
        }
        else
        {
            ready.Settle(job);
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
            var renewal = await lease.RenewAsync(IsHungry, stop);
            if (renewal.WorkLeft && !IsDraining)
            {
                feeder.InheritNow();
            }

            Share(renewal.HungryOthers);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            RenewFailed(failure);
        }
    }

    /// <summary>
    /// Only what has been too much for a whole renewal is shared: a short burst is over sooner than a hand-over. What this process started since the last
    /// renewal, its slots at most, is its own part; behind runs that do not end that is none.
    /// </summary>
    private void Share(int hungryOthers)
    {
        var spare = ready.Count - Math.Min(options.Slots, Interlocked.Exchange(ref _started, 0));
        if (hungryOthers > 0 && spare > 0 && _hadSpare)
        {
            feeder.Donate((int)Math.Ceiling(spare * (hungryOthers / (hungryOthers + 1.0))));
        }

        _hadSpare = spare > 0;
    }

    /// <summary>While its handlers finish, what is queued here need not wait for them: others have slots.</summary>
    private async Task LeaveQueueAsync(CancellationToken cancel)
    {
        try
        {
            await feeder.LeaveAsync(() => Volatile.Read(ref _inFlight) > 0 && !cancel.IsCancellationRequested, cancel);
        }
        catch (Exception failure)
        {
            LeaveFailed(failure);
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
    }

    private void OnLeaseOpened(long epoch)
    {
        ready.Reset(epoch);
        feeder.InheritNow();
    }

    [LoggerMessage(1001, LogLevel.Information, "Draining: {Running} runs to finish")]
    private partial void Draining(int running);

    [LoggerMessage(1002, LogLevel.Error, "Run {Run} ended unexpectedly in the host")]
    private partial void RunFailed(JobId run, Exception failure);

    [LoggerMessage(1006, LogLevel.Warning, "What is queued could not be given to others; it is inherited when this process has ended")]
    private partial void LeaveFailed(Exception failure);

    [LoggerMessage(1005, LogLevel.Warning, "Job {Job} could not be parked; its row is looked up")]
    private partial void ParkFailed(JobId job, Exception failure);

    [LoggerMessage(1004, LogLevel.Warning, "The lease could not be renewed; trying again")]
    private partial void RenewFailed(Exception failure);
}
