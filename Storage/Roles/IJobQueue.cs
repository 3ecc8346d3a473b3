using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>The queue side of the job rows: what ExecutionHost takes, and how a dead process's work is taken over. No method scans the backlog.</summary>
public interface IJobQueue
{
    /// <summary>Takes up to <paramref name="limit"/> ready jobs that nobody owns, in fair order, for <paramref name="epoch"/>. Nothing when the epoch is closed or dead.</summary>
    Task<IReadOnlyList<StoredJob>> TakeReadyAsync(long epoch, int limit, CancellationToken cancel);

    /// <summary>Takes up to <paramref name="limit"/> waiting jobs whose time has come, for <paramref name="epoch"/>, giving them <paramref name="fairTag"/>.</summary>
    Task<IReadOnlyList<StoredJob>> TakeDueAsync(long epoch, DateTimeOffset now, double fairTag, int limit, CancellationToken cancel);

    /// <summary>The earliest time any waiting job is due; null when none waits.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel);

    /// <summary>Gives every queued job of the epoch back, for others to take (drain).</summary>
    Task<int> ReleaseAsync(long epoch, CancellationToken cancel);

    /// <summary>Jobs of the epoch that somebody asked to cancel while they ran, their start written or not.</summary>
    Task<IReadOnlyList<JobId>> CancelRequestsAsync(long epoch, CancellationToken cancel);
}

/// <summary>Process leases. An epoch is one life of one process; its number fences everything that the process owns.</summary>
public interface IEpochStore
{
    /// <summary>Opens a new epoch with a number above all earlier ones.</summary>
    Task<long> OpenAsync(string worker, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancel);

    /// <summary>False when the epoch was declared dead or closed meanwhile: the process owns nothing any more.</summary>
    Task<bool> RenewAsync(long epoch, DateTimeOffset expiresAt, CancellationToken cancel);

    /// <summary>Ends an epoch in order, after its jobs were released or finished. Should it still own some, it counts as dead, so that they are taken over.</summary>
    Task CloseAsync(long epoch, CancellationToken cancel);

    /// <summary>Declares every epoch dead whose lease ran out before <paramref name="now"/> and answers all dead epochs that still own jobs.</summary>
    Task<IReadOnlyList<long>> DeclareDeadAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Takes up to <paramref name="limit"/> jobs of a dead epoch over. Queued ones are freed with <see cref="StoredJob.WriteStartFirst"/>; running ones
    /// with attempts left go back to queued (reason lease_lost, due at <paramref name="retryAt"/>) with their attempt's row; running ones without, and those
    /// asked to cancel, are given to <paramref name="epoch"/> and answered in <see cref="TakeOver.Exhausted"/>, for JobGrain to end them with a sealed manifest. Both kinds of
    /// queued jobs are marked <see cref="StoredJob.WriteStartFirst"/>. Nothing happens unless the one epoch is dead and the other open.
    /// </summary>
    Task<TakeOver> TakeOverAsync(long deadEpoch, long epoch, DateTimeOffset now, DateTimeOffset retryAt, int limit, CancellationToken cancel);
}

/// <param name="Freed">Jobs freed or queued again.</param>
/// <param name="More">True when the dead epoch still owns jobs.</param>
public sealed record TakeOver(int Freed, IReadOnlyList<StoredJob> Exhausted, bool More);
