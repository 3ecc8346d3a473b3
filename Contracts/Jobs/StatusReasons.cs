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
    public const string CancelRequested = "cancel_requested";
    public const string CanceledByActor = "canceled_by_actor";
}
