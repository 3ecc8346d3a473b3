using JobForge.Contracts.Ids;
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

    /// <summary>The word of an attempt's row.</summary>
    public static string AttemptOutcome(RunEndKind kind) => kind switch
    {
        RunEndKind.Succeeded => "succeeded",
        RunEndKind.Failed => "failed",
        RunEndKind.TimedOut => "timed_out",
        RunEndKind.Canceled => "canceled",
        RunEndKind.Drained => "drained",
        RunEndKind.LeaseLost => "lease_lost",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An end without a word."),
    };
}
