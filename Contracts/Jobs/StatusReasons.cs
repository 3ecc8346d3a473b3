namespace JobForge.Contracts.Jobs;

/// <summary>The words of <see cref="JobRow.StatusReason"/>: why a job is in its status.</summary>
public static class StatusReasons
{
    public const string Admitted = "admitted";
    public const string Scheduled = "scheduled";
    public const string Started = "started";
    public const string RetryBackoff = "retry_backoff";
    public const string LeaseLost = "lease_lost";
    public const string Rescheduled = "rescheduled";
    public const string Drained = "drained";
    public const string Completed = "completed";
    public const string AttemptsExhausted = "attempts_exhausted";
    public const string PermanentError = "permanent_error";
    public const string TimedOut = "timed_out";

    /// <summary>Its first attempt did not start in time.</summary>
    public const string Expired = "expired";

    /// <summary>The whole job was not over in time.</summary>
    public const string DeadlineExceeded = "deadline_exceeded";

    public const string Paused = "paused";

    /// <summary>Waits behind a concurrency or rate limit.</summary>
    public const string Limited = "limited";

    public const string WaitingForChildren = "waiting_for_children";

    /// <summary>Ready again after a hold.</summary>
    public const string Released = "released";
    public const string CancelRequested = "cancel_requested";
    public const string CanceledByActor = "canceled_by_actor";
}
