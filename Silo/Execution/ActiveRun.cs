using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;

namespace JobForge.Silo.Execution;

/// <summary>A run whose handler works in this process. It can be stopped once; the first reason counts.</summary>
public sealed class ActiveRun(StoredJob job, RunLease lease, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource? _stopped;
    private ITimer? _deadline;
    private int _stopReason = -1;

    public StoredJob Job => job;

    public RunLease Lease => lease;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>What the handler observes.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Ends when the run is told to stop. Made for those who wait for it: most runs are over before anybody would.</summary>
    public Task Stopped
    {
        get
        {
            var stopped = _stopped ?? Interlocked.CompareExchange(ref _stopped, new(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _stopped;
            if (StopReason is not null)
            {
                stopped.TrySetResult();
            }

            return stopped.Task;
        }
    }

    /// <summary>Why it was told to stop; null while it runs freely.</summary>
    public RunEndKind? StopReason => Volatile.Read(ref _stopReason) is var reason and >= 0 ? (RunEndKind)reason : null;

    /// <summary>Whether the job's deadline comes before this attempt's own timeout.</summary>
    public bool EndsAtDeadline => job.DeadlineAt < StartedAt.AddMilliseconds(job.Row.TimeoutMs);

    /// <summary>Starts the attempt's clock: its timeout, or what is left until the job's deadline.</summary>
    public void StartDeadline()
    {
        var left = EndsAtDeadline ? job.DeadlineAt!.Value - time.GetUtcNow() : TimeSpan.FromMilliseconds(job.Row.TimeoutMs);
        _deadline = time.CreateTimer(
            static run => ((ActiveRun)run!).Stop(RunEndKind.TimedOut), this, left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Stop(RunEndKind reason)
    {
        if (Interlocked.CompareExchange(ref _stopReason, (int)reason, -1) == -1)
        {
            // The exchange above comes before this look, as the making of the source comes before the look at the reason: one of the two ends it.
            Volatile.Read(ref _stopped)?.TrySetResult();
            try
            {
                _stop.Cancel();
            }
            catch (Exception failure) when (failure is AggregateException or ObjectDisposedException)
            {
                // A handler's own cancellation callback failed, or the run ended just now: the stop stands either way.
            }
        }
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _stop.Dispose();
    }
}
