using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Jobs;

/// <summary>A job row with what only the engine sees of it.</summary>
public sealed record StoredJob
{
    public required JobRow Row { get; init; }

    /// <summary>The epoch (process lease) that owns the job; null: nobody owns it.</summary>
    public long? OwnerEpoch { get; init; }

    /// <summary>The epoch that holds <see cref="OwnerEpoch"/>: itself while its process lives, an heir's afterwards. Null: not looked up; the fence then takes the owner itself.</summary>
    public long? HolderEpoch { get; init; }

    /// <summary>Fair order: jobs start by ascending tag. See docs/adr on fair tags.</summary>
    public double FairTag { get; init; }

    /// <summary>Set while a queued job waits for a time (run_at, backoff); null when it is ready.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>
    /// True for a job taken from a crashed process: its start is written before the handler runs, so that a job that kills its
    /// process counts an attempt each time.
    /// </summary>
    public bool WriteStartFirst { get; init; }

    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>When the job is ended if it is still queued: the earlier of start expiry and deadline before the first attempt, the deadline afterwards.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the whole job is over, whatever it does.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>What a queued job waits for besides time and a slot. A held job has no owner and no place in the fair order.</summary>
    public JobHold? Hold { get; init; }

    /// <summary>The gate that the job passes before each attempt: its limit's key, or empty for the tenant's limits alone; null: none.</summary>
    public string? GateKey { get; init; }

    /// <summary>What the handler handed over when it began to wait for its children.</summary>
    public System.Text.Json.JsonElement? HandlerState { get; init; }

    /// <summary>Whose jobs these are: the holder of the owner epoch, as far as it was looked up.</summary>
    public long? Holder => HolderEpoch ?? OwnerEpoch;

    /// <summary>What the row says now; every state UPDATE repeats it in its WHERE.</summary>
    public RunFence Fence => new(Row.Id, Row.Status, OwnerEpoch, Holder, Row.Attempts);
}

/// <summary>
/// The condition of a state change: the row still has this status, owner epoch and attempt, and the owner epoch this holder. A statement that matches
/// no row lost the race, and its caller drops what it knows.
/// </summary>
/// <param name="Attempt">The row's attempt count. A short run is never written as running, so it ends against the count before its start.</param>
public sealed record RunFence(JobId JobId, JobStatus Status, long? OwnerEpoch, long? HolderEpoch, int Attempt);
