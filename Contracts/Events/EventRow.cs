using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Events;

/// <summary>A stored event: the envelope's members and what the store adds.</summary>
public sealed record EventRow
{
    public required EventId Id { get; init; }

    public required TenantId TenantId { get; init; }

    public string? ProjectId { get; init; }

    public required string EventVersion { get; init; }

    public required string EventType { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string TraceId { get; init; }

    public string? ActorId { get; init; }

    public required string SourceApp { get; init; }

    public string? SourceModule { get; init; }

    public EventSubject? Subject { get; init; }

    public string? SubjectType => Subject?.Type;

    public string? SubjectId => Subject?.Id;

    public required JsonElement Payload { get; init; }

    public bool ContainsPii { get; init; }

    public RedactionHints? RedactionHints { get; init; }

    public bool Processed { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }

    public JobId? ProcessingJobId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Which events to list: newest <c>occurred_at</c> first, the id as tie-breaker; time bounds inclusive.</summary>
public sealed record EventQuery
{
    public required TenantId TenantId { get; init; }

    public string? EventType { get; init; }

    public string? SourceApp { get; init; }

    public string? SourceModule { get; init; }

    public string? ProjectId { get; init; }

    public string? TraceId { get; init; }

    public bool? Processed { get; init; }

    public DateTimeOffset? FromTime { get; init; }

    public DateTimeOffset? ToTime { get; init; }

    /// <summary>1-1000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Rows to pass over; kept for the contract. A cursor does not slow down with depth.</summary>
    public int Offset { get; init; }

    /// <summary>The <c>next_cursor</c> of an earlier page; with it, <see cref="Offset"/> is ignored.</summary>
    public string? Cursor { get; init; }
}

/// <summary>One page and the way to the next; <c>next_cursor</c> is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
