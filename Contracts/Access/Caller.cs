namespace JobForge.Contracts.Access;

/// <summary>Who stands behind a call, for audit and quotas. The door has checked the key and its role before it makes one.</summary>
/// <param name="KeyId">The API key's public id; null for acts of the process itself.</param>
/// <param name="Door">http, mcp, trigger, handler or system.</param>
public sealed record Caller(string? KeyId, string CorrelationId, string Door = "http")
{
    public string? ActorId { get; init; }
}
