using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Events;

/// <summary>
/// The standard event envelope (contract, section A), valid and with its defaults filled in. Made from a request body by
/// <c>EventEnvelopeReader</c> only, so an instance needs no further checks.
/// </summary>
public sealed record EventEnvelope
{
    public string EventVersion { get; init; } = "1.0";

    public required string EventType { get; init; }

    /// <summary>The producer's time; null when the producer named none (then the server's receive time serves, and the event is never a duplicate by content).</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public required string TraceId { get; init; }

    public string? ActorId { get; init; }

    public required TenantId TenantId { get; init; }

    public string? ProjectId { get; init; }

    /// <summary>settler, aias, keys, readylayer, jobforge or external.</summary>
    public required string SourceApp { get; init; }

    /// <summary>ops, support, growth, finops or core.</summary>
    public string? SourceModule { get; init; }

    public EventSubject? Subject { get; init; }

    public JsonElement Payload { get; init; } = Json.ContractJson.EmptyObject;

    public bool ContainsPii { get; init; }

    public RedactionHints? RedactionHints { get; init; }
}

/// <summary>The entity that an event is about.</summary>
public sealed record EventSubject(string Type, string Id);

/// <summary>How to treat personal data of a payload. Fields are dot paths below the payload; retention counts from received_at.</summary>
public sealed record RedactionHints
{
    public IReadOnlyList<string>? RedactFields { get; init; }

    public IReadOnlyList<string>? EncryptFields { get; init; }

    public int? RetentionDays { get; init; }
}
