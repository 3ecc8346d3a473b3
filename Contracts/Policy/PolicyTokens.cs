using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Policy;

/// <summary>A fresh token. The text is shown to its owner once and kept nowhere.</summary>
public sealed record IssuedPolicyToken(PolicyToken Token, string Text)
{
    public override string ToString() => $"IssuedPolicyToken {Token.Id}";
}

/// <summary>
/// Issues and checks policy tokens. A check here is pure: revocation and single use are facts of the store, and are asked of it by
/// the id of a token that passed.
/// </summary>
/// <param name="lifetime">Of tokens that name no expiry of their own: JOBFORGE_POLICY_TOKEN_EXPIRY_HOURS.</param>
public sealed class PolicyTokens(PolicyKeyRing keys, IdSource ids, TimeProvider time, TimeSpan lifetime)
{
    /// <summary>How far the clocks of issuer and verifier may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const string SupportedVersion = "1.0";
    private const string KidMember = "kid";
    private const string InputsDigestMember = "inputs_digest";

    /// <summary>Lower-case hex SHA-256 of a token's text: what audit rows keep instead of the text.</summary>
    public static string TokenDigest(string text) => CanonicalJson.DigestOf(Encoding.UTF8.GetBytes(text));

    /// <summary>Digest of a template version and the inputs, the value of <c>context.inputs_digest</c> that binds a token to them.</summary>
    public static string InputsDigest(string templateVersion, JsonElement inputs) => CanonicalJson.Digest(JsonSerializer.SerializeToElement(
        new JsonObject { ["inputs"] = JsonNode.Parse(inputs.GetRawText()), ["template_version"] = templateVersion }));

    public IssuedPolicyToken Issue(PolicyTokenRequest request)
    {
        var issuedAt = Timestamp.Truncate(time.GetUtcNow());
        var life = request.ExpiresInHours is { } hours ? TimeSpan.FromHours(hours) : lifetime;
        var token = new PolicyToken
        {
            Id = ids.Next().ToString("D"),
            IssuedAt = issuedAt,
            ExpiresAt = Timestamp.Truncate(issuedAt + life),
            TenantId = request.TenantId.Value,
            ProjectId = request.ProjectId,
            ActorId = request.ActorId,
            Scopes = request.Scopes,
            Action = request.Action,
            Resource = request.Resource,
            Context = WithKid(request.Context),
        };
        var signature = keys.Sign(PolicyTokenText.SignedBytes(ToJson(token)));
        token = token with { Signature = Base64Url.EncodeToString(signature) };
        return new(token, PolicyTokenText.Encode(CanonicalJson.Serialize(ToJson(token))));
    }

    /// <summary>Checks a text against a demand: the signature first, then what it claims. An unsigned claim decides nothing.</summary>
    public PolicyCheck Verify(string text, PolicyDemand demand, DateTimeOffset now)
    {
        if (PolicyTokenText.Decode(text) is not { } parsed)
        {
            return new() { Allowed = false, Reason = PolicyReasons.InvalidFormat };
        }

        if (!keys.Verify(parsed.Kid, parsed.SignedBytes, parsed.Signature))
        {
            return new() { Allowed = false, Reason = PolicyReasons.InvalidSignature };
        }

        var token = parsed.Token;
        var missing = demand.RequiredScopes.Where(scope => !token.Scopes.Any(granted => Covers(granted, scope))).ToList();
        var reason = Mismatch(token, demand, now);
        return new()
        {
            Allowed = reason is null && missing.Count == 0,
            Reason = reason ?? (missing.Count == 0 ? null : PolicyReasons.MissingScopes(missing)),
            TokenId = token.Id,
            VerifiedScopes = token.Scopes,
            MissingScopes = reason is null && missing.Count > 0 ? missing : null,
        };
    }

    private string? Mismatch(PolicyToken token, PolicyDemand demand, DateTimeOffset now)
    {
        if (!Same(token.Version, SupportedVersion))
        {
            return PolicyReasons.InvalidFormat;
        }

        if (now - Skew >= (token.ExpiresAt ?? token.IssuedAt + lifetime))
        {
            return PolicyReasons.Expired;
        }

        if (token.IssuedAt > now + Skew)
        {
            return PolicyReasons.IssuedInFuture;
        }

        if (!SameId(token.TenantId, demand.TenantId))
        {
            return PolicyReasons.TenantMismatch;
        }

        if (Conflicts(token.ProjectId, demand.ProjectId, demand.Exact))
        {
            return PolicyReasons.ProjectMismatch;
        }

        if (demand.ActorId is { } actor && !SameId(token.ActorId, actor))
        {
            return PolicyReasons.ActorMismatch;
        }

        if (!Same(token.Action, demand.Action))
        {
            return PolicyReasons.ActionMismatch(demand.Action, token.Action);
        }

        if (Conflicts(token.Resource, demand.Resource, demand.Exact))
        {
            return PolicyReasons.ResourceMismatch;
        }

        return Conflicts(BoundDigest(token), demand.InputsDigest, demand.Exact) ? PolicyReasons.InputsMismatch : null;
    }

    /// <summary>A token that names nothing is not bound. One that does binds, and under an exact demand also when the demand names nothing.</summary>
    private static bool Conflicts(string? bound, string? asked, bool exact) =>
        bound is not null && (asked is null ? exact : !SameId(bound, asked));

    private static bool Covers(string granted, string scope) =>
        Same(granted, scope) || (granted.EndsWith(":*", StringComparison.Ordinal) && scope.StartsWith(granted[..^1], StringComparison.Ordinal));

    /// <summary>A binding that is no text cannot equal any digest, so it stays a binding and refuses.</summary>
    private static string? BoundDigest(PolicyToken token) =>
        token.Context is { } context && context.TryGetProperty(InputsDigestMember, out var digest) && digest.ValueKind != JsonValueKind.Null
            ? digest.ToString()
            : null;

    private JsonElement WithKid(JsonElement? context)
    {
        var members = context is { } given ? JsonObject.Create(given)! : [];
        members[KidMember] = keys.SigningKid;
        return JsonSerializer.SerializeToElement(members);
    }

    private static JsonElement ToJson(PolicyToken token)
    {
        var members = JsonSerializer.SerializeToNode(token, ContractJson.Options)!.AsObject();
        foreach (var absent in members.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            members.Remove(absent);
        }

        return JsonSerializer.SerializeToElement(members);
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);

    private static bool SameId(string left, string right) => Same(OpaqueId.Normalize(left), OpaqueId.Normalize(right));
}
