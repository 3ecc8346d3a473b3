using System.Text.Json.Serialization;
using JobForge.Contracts.Errors;

namespace JobForge.Contracts.Wire;

/// <summary>Every refusal on the wire: RFC 9457 problem details and the members that callers of the contract read.</summary>
public sealed record ProblemBody
{
    public const string MediaType = "application/problem+json";

    /// <summary>A URN that names the code, e.g. <c>urn:jobforge:error:not_found</c>.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The same text as <see cref="Message"/>.</summary>
    public required string Detail { get; init; }

    public required ErrorCode Code { get; init; }

    /// <summary>Some of these texts are frozen, since callers branch on them (see <see cref="FrozenTexts"/>).</summary>
    public required string Message { get; init; }

    /// <summary>The call's correlation id; the same as the <c>x-correlation-id</c> header.</summary>
    [JsonPropertyName("correlationId")]
    public required string CorrelationId { get; init; }

    public IReadOnlyList<FieldError> Details { get; init; } = [];

    public required DateTimeOffset Timestamp { get; init; }
}

/// <summary>Why one item of a batch was refused.</summary>
public sealed record ItemError(ErrorCode Code, string Message, IReadOnlyList<FieldError> Details)
{
    public static ItemError Of(Refusal refusal) => new(refusal.Code, refusal.Message, refusal.Details);
}
