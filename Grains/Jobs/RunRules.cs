using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;

namespace JobForge.Grains.Jobs;

/// <summary>Pure decisions about the end of an attempt.</summary>
public static class RunRules
{
    public static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromHours(1);

    /// <summary>
    /// What the end of attempt <paramref name="attempt"/> means. An asked-for cancel wins over every other end, so a canceled job stays canceled
    /// whatever its handler still managed to do.
    /// </summary>
    public static LifeCycleCommand Decide(RunEnd end, int attempt, int maxAttempts, bool cancelRequested)
    {
        var last = attempt >= maxAttempts;
        return end.Kind switch
        {
            _ when cancelRequested => LifeCycleCommand.Cancel,
            RunEndKind.Canceled => LifeCycleCommand.Cancel,
            RunEndKind.Succeeded => LifeCycleCommand.Succeed,
            RunEndKind.Drained => LifeCycleCommand.Drain,
            RunEndKind.WaitsForChildren => LifeCycleCommand.WaitForChildren,
            RunEndKind.Failed when !end.Retryable => LifeCycleCommand.FailPermanently,
            RunEndKind.Failed => last ? LifeCycleCommand.Exhaust : LifeCycleCommand.FailForNow,
            RunEndKind.TimedOut => last ? LifeCycleCommand.TimeOut : LifeCycleCommand.TimeOutForNow,
            RunEndKind.LeaseLost => last ? LifeCycleCommand.LoseLease : LifeCycleCommand.LoseLeaseForNow,
            _ => throw new ArgumentOutOfRangeException(nameof(end), end.Kind, "An end without a rule."),
        };
    }

    /// <summary>
    /// How long to wait after attempt <paramref name="attempt"/>: full jitter over 1 s doubling, capped at an hour, so that many jobs that failed together do
    /// not come back together. A handler's retry-after is a floor.
    /// </summary>
    public static TimeSpan Backoff(int attempt, TimeSpan? retryAfter, RandomSource random)
    {
        var ceiling = Math.Min(MaxBackoff.TotalSeconds, FirstBackoff.TotalSeconds * Math.Pow(2, attempt - 1));
        var jittered = TimeSpan.FromSeconds(ceiling * random.NextDouble());
        return retryAfter > jittered ? retryAfter.Value : jittered;
    }

    /// <summary>
    /// An end that would be followed by another attempt is the last one when that attempt would begin at the deadline or later; an attempt that the deadline
    /// itself stopped has missed it, whatever number it had.
    /// </summary>
    /// <param name="next">When the next attempt would begin; now when there is none.</param>
    public static LifeCycleCommand AtDeadline(LifeCycleCommand command, DateTimeOffset next, DateTimeOffset? deadline) => command switch
    {
        LifeCycleCommand.FailForNow or LifeCycleCommand.TimeOutForNow or LifeCycleCommand.LoseLeaseForNow or LifeCycleCommand.TimeOut
            when next >= deadline => LifeCycleCommand.MissDeadline,
        _ => command,
    };

    /// <summary>How a queued job ends that nobody has started by <paramref name="now"/>; null while it may still start.</summary>
    public static LifeCycleCommand? Lapse(StoredJob job, DateTimeOffset now) =>
        job.DeadlineAt <= now ? LifeCycleCommand.MissDeadline
        : job.ExpiresAt <= now ? LifeCycleCommand.Expire
        : null;

    /// <summary>When a job that is due at <paramref name="dueAt"/> lapses while it is queued, and when it is over altogether.</summary>
    public static (DateTimeOffset? ExpiresAt, DateTimeOffset? DeadlineAt) Times(int? startTimeoutMs, int? totalTimeoutMs, int attempts, DateTimeOffset dueAt)
    {
        DateTimeOffset? deadline = totalTimeoutMs is { } total ? dueAt.AddMilliseconds(total) : null;
        DateTimeOffset? start = startTimeoutMs is { } wait && attempts == 0 ? dueAt.AddMilliseconds(wait) : null;
        return (start is null || deadline < start ? deadline : start, deadline);
    }

    /// <summary>The word of an attempt's row.</summary>
    public static string AttemptOutcome(RunEndKind kind) => kind switch
    {
        RunEndKind.Succeeded => "succeeded",
        RunEndKind.Failed => "failed",
        RunEndKind.TimedOut => "timed_out",
        RunEndKind.Canceled => "canceled",
        RunEndKind.Drained => "drained",
        RunEndKind.LeaseLost => "lease_lost",
        RunEndKind.WaitsForChildren => "waiting_for_children",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An end without a word."),
    };
}
