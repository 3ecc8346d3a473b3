namespace JobForge.Contracts.Jobs;

/// <summary>
/// The status words of the wire. There is no other word for an end: pollers of the contract stop on succeeded and failed;
/// <see cref="JobRow.StatusReason"/> says more.
/// </summary>
public enum JobStatus
{
    /// <summary>Waits for its due time or a slot. ExecutionHost takes it out (start), or JobGrain (cancel, expire).</summary>
    Queued,

    /// <summary>A handler works on it. JobGrain takes it out (succeed, fail, time out, cancel); the recovery scan of another process does when its owner's lease runs out.</summary>
    Running,

    /// <summary>Final. Nobody takes it out.</summary>
    Succeeded,

    /// <summary>Final. Nobody takes it out; a retry by an actor is a new job that names this one in retry_of.</summary>
    Failed,

    /// <summary>Final. Nobody takes it out.</summary>
    Canceled,
}

public static class JobStatuses
{
    public static bool IsFinal(this JobStatus status) => status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Canceled;

    /// <summary>The word on the wire and in the store.</summary>
    public static string Word(this JobStatus status) => status switch
    {
        JobStatus.Queued => "queued",
        JobStatus.Running => "running",
        JobStatus.Succeeded => "succeeded",
        JobStatus.Failed => "failed",
        JobStatus.Canceled => "canceled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status without a word."),
    };

    /// <exception cref="FormatException">The word is none of the five.</exception>
    public static JobStatus Parse(string word) => word switch
    {
        "queued" => JobStatus.Queued,
        "running" => JobStatus.Running,
        "succeeded" => JobStatus.Succeeded,
        "failed" => JobStatus.Failed,
        "canceled" => JobStatus.Canceled,
        _ => throw new FormatException($"No job status: {word}"),
    };
}
