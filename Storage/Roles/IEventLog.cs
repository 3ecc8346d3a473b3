using JobForge.Contracts.Events;

namespace JobForge.Storage.Roles;

/// <summary>Stores events. Answers after the commit; concurrent calls share one.</summary>
public interface IEventLog
{
    /// <summary>Outcomes in the order of <paramref name="events"/>. A duplicate answers the first row and stores nothing.</summary>
    Task<IReadOnlyList<EventAppend>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel);
}

/// <param name="Digest">SHA-256 over the canonical envelope, hex.</param>
/// <param name="IdempotencyKey">Unique a tenant for good; null: none given.</param>
/// <param name="UniqueByContent">True when an equal envelope is the same event (it names its own occurred_at and has no key).</param>
public sealed record NewEvent(EventRow Row, string Digest, string? IdempotencyKey, bool UniqueByContent);

/// <param name="Event">The stored row, or the earlier one.</param>
public sealed record EventAppend(EventAppendKind Kind, EventRow Event);

public enum EventAppendKind
{
    Stored,

    Duplicate,

    /// <summary>The key was used before with another body.</summary>
    KeyConflict,
}
