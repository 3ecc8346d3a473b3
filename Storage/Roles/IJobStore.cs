using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;

namespace JobForge.Storage.Roles;

/// <summary>
/// The life of jobs as rows. Every method answers after its commit; concurrent calls share one (group commit). Every state change
/// names a <see cref="RunFence"/> and answers false when no row matched it: nothing was changed then.
/// </summary>
public interface IJobStore
{
    /// <summary>
    /// Writes the job, its idempotency key, its token burn and its audit row, or none of them. A batch is one transaction a caller; outcomes are per job.
    /// A job whose <see cref="StoredJob.OwnerEpoch"/> is not open any more is written without an owner. A waiting job has no owner.
    /// </summary>
    /// <exception cref="StoreRejectedException">A row breaks a constraint; none of this call's jobs was written.</exception>
    /// <exception cref="StoreUnavailableException">The store could not write; so for every method that changes rows.</exception>
    Task<IReadOnlyList<Admission>> AdmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancel);

    /// <summary>queued -> running, attempt + 1, from <paramref name="fence"/> (status Queued).</summary>
    Task<bool> StartAsync(RunFence fence, DateTimeOffset startedAt, CancellationToken cancel);

    /// <summary>queued or running -> a final status: moves the row to history together with its sealed manifest. Repeating a finish that already took effect answers true.</summary>
    Task<bool> FinishAsync(FinishedRun run, CancellationToken cancel);

    /// <summary>running (written or not) -> queued again without an owner, with the ended attempt's row; run_at and the wait are <see cref="RequeuedRun.WaitUntil"/>.</summary>
    Task<bool> RequeueAsync(RequeuedRun run, CancellationToken cancel);

    /// <summary>Marks a running job as to be canceled; its owner sees it in <see cref="IJobQueue.CancelRequestsAsync"/> at the latest.</summary>
    Task<bool> RequestCancelAsync(RunFence fence, DateTimeOffset at, CancellationToken cancel);

    /// <summary>Moves a queued job to another time and out of its owner's memory and of its hold; without a wait it stands before its gate, if it has one.</summary>
    Task<bool> RescheduleAsync(RunFence fence, NewTime time, DateTimeOffset at, CancellationToken cancel);

    Task<bool> SaveProgressAsync(RunFence fence, JobProgress progress, DateTimeOffset at, CancellationToken cancel);

    /// <summary>A job of that tenant, open or finished; null when there is none.</summary>
    Task<StoredJob?> FindAsync(TenantId tenant, JobId id, CancellationToken cancel);

    /// <summary>Jobs of the tenant with status queued, counted up to <paramref name="atMost"/> and no further.</summary>
    Task<int> CountQueuedAsync(TenantId tenant, int atMost, CancellationToken cancel);
}

/// <summary>A queued job's other time.</summary>
/// <param name="WaitUntil">Null: it is due already.</param>
public sealed record NewTime(DateTimeOffset RunAt, DateTimeOffset? WaitUntil, DateTimeOffset? ExpiresAt = null, DateTimeOffset? DeadlineAt = null);

/// <summary>A job to admit. <see cref="StoredJob.OwnerEpoch"/> is set when the admitting process keeps it in memory.</summary>
public sealed record NewJob
{
    public required StoredJob Job { get; init; }

    /// <summary>Set for an action job: burnt in the same transaction.</summary>
    public TokenUse? TokenUse { get; init; }

    public AuditEntry? Audit { get; init; }
}

/// <summary>The single use of a policy token.</summary>
/// <param name="TokenDigest">SHA-256 of the token's text, hex.</param>
public sealed record TokenUse(string TokenId, string TokenDigest, DateTimeOffset? ExpiresAt);

/// <summary>What became of one <see cref="NewJob"/>.</summary>
/// <param name="Job">The new row, or the one that the idempotency key led to.</param>
public sealed record Admission(AdmissionKind Kind, JobRow? Job);

public enum AdmissionKind
{
    Admitted,

    /// <summary>The key was used before with the same inputs; <see cref="Admission.Job"/> is that job as it stands now.</summary>
    Existing,

    /// <summary>The key was used before with other inputs; <see cref="Admission.Job"/> is that job.</summary>
    KeyConflict,

    TokenUsed,

    TokenRevoked,
}

/// <summary>A run that ends for good.</summary>
public sealed record FinishedRun
{
    public required RunFence Fence { get; init; }

    /// <summary>The row as it will stand in history: final status, attempts, finished_at, result or error.</summary>
    public required JobRow Row { get; init; }

    public required ArtifactManifest Manifest { get; init; }

    /// <summary>The process that ran the last attempt; null when none did.</summary>
    public string? Worker { get; init; }

    public AuditEntry? Audit { get; init; }
}

/// <summary>An attempt that ended, and the job's next wait.</summary>
public sealed record RequeuedRun
{
    public required RunFence Fence { get; init; }

    public required AttemptRow Attempt { get; init; }

    /// <summary>Attempts that now count: <see cref="AttemptRow.Number"/> normally, one less when the attempt was given back (drain).</summary>
    public required int Attempts { get; init; }

    /// <summary>One of <see cref="StatusReasons"/>.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset WaitUntil { get; init; }
}
