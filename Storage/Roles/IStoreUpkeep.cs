namespace JobForge.Storage.Roles;

/// <summary>What keeps a store in shape over months. Every act is idempotent, bounded, and safe in several processes at once.</summary>
public interface IStoreUpkeep
{
    /// <summary>Makes room for the rows of the coming days, where a store keeps each day apart. Call it at least once a day; rows of a day without room are kept all the same.</summary>
    Task EnsureAheadAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Deletes a slice of what is older than <paramref name="retention"/>: finished jobs with their attempts, log lines and idempotency keys, events with
    /// theirs, audit rows. A store that keeps each day apart keeps a row up to a day longer.
    /// </summary>
    /// <returns>True when there may be more: call again.</returns>
    /// <exception cref="StoreUnavailableException">Also when others use what should go; call again later.</exception>
    Task<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancel);
}

/// <summary>How long rows are kept after their end (jobs), receipt (events) and writing (audit). Null: for good.</summary>
public sealed record Retention
{
    public TimeSpan? FinishedJobs { get; init; }

    public TimeSpan? Events { get; init; }

    public TimeSpan? AuditLogs { get; init; }
}
