using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Policy;

/// <summary>Asks for a token. It expires after <see cref="ExpiresInHours"/>, by default after JOBFORGE_POLICY_TOKEN_EXPIRY_HOURS.</summary>
public sealed record PolicyTokenRequest(TenantId TenantId, string ActorId, string Action, IReadOnlyList<string> Scopes)
{
    public string? ProjectId { get; init; }

    public string? Resource { get; init; }

    public JsonElement? Context { get; init; }

    /// <summary>More than 0, at most 720.</summary>
    public double? ExpiresInHours { get; init; }
}
