using System.Text.Json;

namespace JobForge.Contracts.Policy;

/// <summary>The token structure of contract section E. Its text form and signature are made and checked by <c>PolicyTokens</c>.</summary>
public sealed record PolicyToken
{
    public required string Id { get; init; }

    public string Version { get; init; } = "1.0";

    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required string TenantId { get; init; }

    public string? ProjectId { get; init; }

    public required string ActorId { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The template key that it authorizes.</summary>
    public required string Action { get; init; }

    public string? Resource { get; init; }

    /// <summary>Free members; <c>kid</c> names the signing key, <c>inputs_digest</c> binds template version and inputs.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>base64url HMAC-SHA256 over the canonical JSON of every other member.</summary>
    public string Signature { get; init; } = "";
}

/// <summary>What a check found. <c>verified_scopes</c> is what the token grants once its signature holds.</summary>
public sealed record PolicyCheck
{
    public required bool Allowed { get; init; }

    public string? Reason { get; init; }

    public string? TokenId { get; init; }

    public IReadOnlyList<string> VerifiedScopes { get; init; } = [];

    public IReadOnlyList<string>? MissingScopes { get; init; }
}

/// <summary>What a token is checked against.</summary>
public sealed record PolicyDemand
{
    public required string TenantId { get; init; }

    public required string Action { get; init; }

    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    /// <summary>Null: not compared.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Null: not compared.</summary>
    public string? ActorId { get; init; }

    /// <summary>Null: not compared.</summary>
    public string? Resource { get; init; }

    /// <summary>Digest of template version and canonical inputs; compared when the token carries <c>context.inputs_digest</c>.</summary>
    public string? InputsDigest { get; init; }

    /// <summary>
    /// True where a token is spent: then a project, a resource or an inputs digest that the token names must be the demand's, also when
    /// the demand names none. False answers a question about a token, where what is not asked is not compared.
    /// </summary>
    public bool Exact { get; init; }
}
