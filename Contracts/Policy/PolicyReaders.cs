using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Policy;

/// <summary>Body of a new token: <c>{tenant_id, actor_id, action, scopes, project_id?, resource?, context?, expires_in_hours?}</c>.</summary>
public static class PolicyTokenRequestReader
{
    private const double MaxHours = 720;

    /// <summary>Canonical bytes. With it every token that can be asked for fits the length that the doors accept.</summary>
    private const int MaxContextBytes = 4096;

    public static Outcome<PolicyTokenRequest> Read(JsonElement body, TenantId? defaultTenant = null)
    {
        var fields = FieldReader.Open(body);
        var tenant = fields.Tenant("tenant_id", defaultTenant);
        var (actor, action) = (fields.RequiredId("actor_id"), fields.RequiredId("action"));
        var request = new PolicyTokenRequest(tenant, actor, action, RequiredScopes(fields))
        {
            ProjectId = fields.Id("project_id"),
            Resource = fields.Text("resource", PolicyFields.MaxResourceLength),
            Context = ReadContext(fields),
            ExpiresInHours = fields.Positive("expires_in_hours", MaxHours),
        };
        return fields.Finish(() => request);
    }

    private static JsonElement? ReadContext(FieldReader fields)
    {
        var context = fields.Object("context");
        if (context is { } given && CanonicalJson.Serialize(given).Length > MaxContextBytes)
        {
            fields.Fail("context", $"Must be at most {MaxContextBytes} bytes", FieldCodes.TooLong);
        }

        return context;
    }

    private static IReadOnlyList<string> RequiredScopes(FieldReader fields)
    {
        var scopes = PolicyFields.Scopes(fields, "scopes");
        if (scopes is { Count: 0 } || fields.Find("scopes") is null)
        {
            fields.Fail("scopes", "Is required", FieldCodes.Required);
        }

        return scopes ?? [];
    }
}

/// <summary>A question whether a token would pass. Never prints the token.</summary>
public sealed record PolicyValidationRequest(string Token, PolicyDemand Demand)
{
    public override string ToString() => $"PolicyValidationRequest {Demand.Action} of {Demand.TenantId}";
}

/// <summary>Body of a validation: <c>{token, action, required_scopes?, tenant_id, actor_id?, project_id?, resource?}</c>.</summary>
public static class PolicyValidationRequestReader
{
    private const int MaxTokenLength = 16_384;

    public static Outcome<PolicyValidationRequest> Read(JsonElement body, TenantId? defaultTenant = null)
    {
        var fields = FieldReader.Open(body);
        var token = fields.RequiredText("token", MaxTokenLength);
        var tenant = fields.Tenant("tenant_id", defaultTenant);
        var action = fields.RequiredId("action");
        var scopes = PolicyFields.Scopes(fields, "required_scopes") ?? [];
        var (project, actor) = (fields.Id("project_id"), fields.Id("actor_id"));
        var resource = fields.Text("resource", PolicyFields.MaxResourceLength);
        return fields.Finish(() => new PolicyValidationRequest(token, new PolicyDemand
        {
            TenantId = tenant.Value,
            Action = action,
            RequiredScopes = scopes,
            ProjectId = project,
            ActorId = actor,
            Resource = resource,
        }));
    }
}

internal static class PolicyFields
{
    public const int MaxResourceLength = 256;
    private const int MaxScopes = 50;

    /// <summary>Scopes look like ids; a granted one may end in <c>:*</c>.</summary>
    public static IReadOnlyList<string>? Scopes(FieldReader fields, string name) =>
        fields.Texts(name, MaxScopes, IsScope, "Must be a scope such as ops:read or ops:*");

    private static bool IsScope(string text) =>
        OpaqueId.IsValid(text.EndsWith(":*", StringComparison.Ordinal) ? text[..^1] : text);
}
