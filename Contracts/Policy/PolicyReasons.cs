namespace JobForge.Contracts.Policy;

/// <summary>Why a token is refused. Callers branch on these texts; they never change.</summary>
public static class PolicyReasons
{
    public const string InvalidFormat = "Token validation error: Invalid token format";
    public const string InvalidSignature = "Invalid token signature";
    public const string Expired = "Token expired";
    public const string IssuedInFuture = "Token issued in future";
    public const string TenantMismatch = "Token tenant mismatch";
    public const string ProjectMismatch = "Token project mismatch";
    public const string ActorMismatch = "Token actor mismatch";
    public const string ResourceMismatch = "Token resource mismatch";
    public const string InputsMismatch = "Token inputs mismatch";

    /// <summary>Said by whoever keeps the revocations, not by <see cref="PolicyTokens"/>.</summary>
    public const string Revoked = "Token revoked";

    /// <summary>Said by whoever burns tokens at admission, not by <see cref="PolicyTokens"/>.</summary>
    public const string AlreadyUsed = "Token already used";

    public static string ActionMismatch(string expected, string actual) => $"Token action mismatch: expected {expected}, got {actual}";

    public static string MissingScopes(IEnumerable<string> scopes) => $"Missing required scopes: {string.Join(", ", scopes)}";
}
