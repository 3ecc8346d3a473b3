using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>
/// The queue side of the job rows: what ExecutionHost loads and takes. No method scans the backlog. Jobs are owned from admission on by the epoch
/// of the process that admitted them; loading those writes nothing. Only what nobody owns is taken row by row.
/// </summary>
public interface IJobQueue
{
    /// <summary>
    /// The next ready jobs of the fair order that <paramref name="owner"/> owns. Writes nothing. Empty unless <paramref name="owner"/> is held by
    /// <paramref name="holder"/> and that is open. A job of a crashed epoch comes with <see cref="StoredJob.WriteStartFirst"/>.
    /// </summary>
    Task<IReadOnlyList<StoredJob>> LoadOwnedAsync(long owner, long holder, QueuePosition after, int limit, CancellationToken cancel);

    /// <summary>Takes up to <paramref name="limit"/> ready jobs that nobody owns, in fair order, for <paramref name="epoch"/>. Nothing when the epoch is closed or dead.</summary>
    Task<IReadOnlyList<StoredJob>> TakeReadyAsync(long epoch, int limit, CancellationToken cancel);

    /// <summary>
    /// Takes up to <paramref name="limit"/> waiting jobs whose time has come, for <paramref name="epoch"/>, giving them <paramref name="fairTag"/>. Those with a
    /// gate are not taken but stand before it from now on; they are answered too, held and without an owner.
    /// </summary>
    Task<IReadOnlyList<StoredJob>> TakeDueAsync(long epoch, DateTimeOffset now, double fairTag, int limit, CancellationToken cancel);

    /// <summary>The earliest time any waiting job is due; null when none waits.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel);

    /// <summary>Frees queued jobs, which the caller no longer has in memory, for other processes to take; those whose fence is lost are passed over.</summary>
    /// <returns>Jobs freed.</returns>
    Task<int> GiveBackAsync(IReadOnlyList<RunFence> fences, CancellationToken cancel);

    /// <summary>Jobs owned by epochs that <paramref name="holder"/> holds which somebody asked to cancel while they ran, their start written or not.</summary>
    Task<IReadOnlyList<JobId>> CancelRequestsAsync(long holder, CancellationToken cancel);

    /// <summary>The least fair tag of any ready job, owned or not; null when none is ready. For a process's virtual time at its start.</summary>
    Task<double?> LeastTagAsync(CancellationToken cancel);

    /// <summary>For each priority of the tenant's newest open jobs, the greatest fair tag given so far; looks at the newest <paramref name="look"/> jobs only.</summary>
    Task<IReadOnlyDictionary<int, double>> LastTagsAsync(TenantId tenant, int look, CancellationToken cancel);
}

/// <summary>A place in the fair order: the jobs behind it have a greater (tag, id).</summary>
public readonly record struct QueuePosition(double FairTag, Guid Id)
{
    public static QueuePosition Start { get; } = new(double.NegativeInfinity, Guid.Empty);

    /// <summary>Directly before every job with this tag.</summary>
    public static QueuePosition Before(double fairTag) => new(fairTag, Guid.Empty);
}

/// <summary>
/// Process leases. An epoch is one life of one process; its number is the owner in the rows of everything that the process admitted or took. When the
/// process ends, another one inherits the epoch as a whole: it becomes the holder, and no queued row is written.
/// </summary>
public interface IEpochStore
{
    /// <summary>Opens a new epoch with a number above all earlier ones, held by itself.</summary>
    Task<long> OpenAsync(string worker, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancel);

    /// <param name="hungry">The process has free slots and no work in memory: others may donate.</param>
    Task<Renewal> RenewAsync(long epoch, DateTimeOffset now, DateTimeOffset expiresAt, bool hungry, CancellationToken cancel);

    /// <summary>Ends an epoch in order. What it and the epochs it held still own is inherited.</summary>
    Task CloseAsync(long epoch, CancellationToken cancel);

    /// <summary>Declares every epoch dead whose lease ran out before <paramref name="now"/> and answers the epochs that own jobs and have no open holder.</summary>
    Task<IReadOnlyList<long>> DeclareDeadAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Makes <paramref name="heir"/> the holder of an epoch without an open holder, and settles up to <paramref name="limit"/> of its running jobs: those with
    /// attempts left go back to queued without an owner (reason lease_lost, due at <paramref name="retryAt"/>, <see cref="StoredJob.WriteStartFirst"/>) with their
    /// attempt's row; those without, and those asked to cancel, are answered in <see cref="Inheritance.Exhausted"/>, by every call until they have ended, for
    /// JobGrain to end them with a sealed manifest. Queued jobs are not written at all: the heir loads them. Repeat while <see cref="Inheritance.More"/>.
    /// Nothing happens unless the heir is open and holds the epoch by then.
    /// </summary>
    Task<Inheritance> InheritAsync(long epoch, long heir, DateTimeOffset now, DateTimeOffset retryAt, int limit, CancellationToken cancel);

    /// <summary>Marks ended epochs that <paramref name="holder"/> holds and that own nothing any more as recovered, so that nobody looks at them again.</summary>
    /// <returns>The epochs that are done with.</returns>
    Task<IReadOnlyList<long>> RecoveredAsync(long holder, CancellationToken cancel);
}

/// <param name="Alive">False when the epoch was declared dead or closed meanwhile: the process owns nothing any more.</param>
/// <param name="WorkLeft">True when some epoch's lease has run out, or an ended one that may own jobs has no open holder: look with <see cref="IEpochStore.DeclareDeadAsync"/>.</param>
/// <param name="HungryOthers">Other open epochs that said they are hungry.</param>
public readonly record struct Renewal(bool Alive, bool WorkLeft, int HungryOthers);

/// <param name="Held">True when the heir holds the epoch now.</param>
/// <param name="Requeued">Running jobs that were queued again.</param>
/// <param name="More">True when running jobs are left to settle.</param>
public sealed record Inheritance(bool Held, int Requeued, IReadOnlyList<StoredJob> Exhausted, bool More);
