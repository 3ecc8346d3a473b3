using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Access;

public static class ApiKeyRoles
{
    public static IReadOnlyList<string> Words { get; } = ["app", "tenant_admin", "operator", "worker"];

    /// <summary>The word on the wire and in the store.</summary>
    public static string Word(this ApiKeyRole role) => Words[(int)role];

    /// <exception cref="FormatException">The word is none of the four.</exception>
    public static ApiKeyRole Parse(string word) => word switch
    {
        "app" => ApiKeyRole.App,
        "tenant_admin" => ApiKeyRole.TenantAdmin,
        "operator" => ApiKeyRole.Operator,
        "worker" => ApiKeyRole.Worker,
        _ => throw new FormatException($"No role of an API key: {word}"),
    };
}

/// <summary>Body of a new API key: <c>{tenant_id?, role, name?}</c>.</summary>
public static class ApiKeyRequestReader
{
    private const int MaxNameLength = 200;

    /// <param name="defaultTenant">The tenant when the body names none. Without either, only an operator's key can be asked for.</param>
    public static Outcome<ApiKeyRequest> Read(JsonElement body, TenantId? defaultTenant = null)
    {
        var fields = FieldReader.Open(body);
        var role = fields.RequiredWord("role", ApiKeyRoles.Words);
        var name = fields.Text("name", MaxNameLength);
        var named = fields.Id("tenant_id");
        var tenant = named is null ? defaultTenant : new TenantId(named);
        if (role is not ("operator" or "") && tenant is null && fields.Find("tenant_id") is null)
        {
            fields.Fail("tenant_id", "Is required for this role", FieldCodes.Required);
        }

        return fields.Finish(() => new ApiKeyRequest(tenant, ApiKeyRoles.Parse(role), name));
    }
}

/// <summary>
/// Body of a new or changed tenant:
/// <c>{tenant_id, name?, requests_per_minute?, max_queued_jobs?, max_running?, starts_per_minute?}</c>; the first two limits from 1, the others from 0 (no bound).
/// </summary>
public static class TenantRequestReader
{
    private const int MaxNameLength = 200;

    public static Outcome<TenantRequest> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var request = new TenantRequest(
            fields.Tenant("tenant_id", null),
            fields.Text("name", MaxNameLength),
            fields.Whole("requests_per_minute", 1, int.MaxValue),
            fields.Whole("max_queued_jobs", 1, int.MaxValue))
        {
            MaxRunning = fields.Whole("max_running", 0, JobLimit.MostRunning),
            StartsPerMinute = fields.Whole("starts_per_minute", 0, JobLimit.MostStartsPerMinute),
        };
        return fields.Finish(() => request);
    }
}

/// <summary>Body of a pause or a resume: <c>{tenant_id?, template_key?, reason?, actor_id?}</c>.</summary>
public static class PauseRequestReader
{
    private const int MaxReasonLength = 500;

    public static Outcome<PauseRequest> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var request = new PauseRequest(fields.Id("template_key"), fields.Text("reason", MaxReasonLength, mayBeBlank: true), fields.Id("actor_id"));
        return fields.Finish(() => request);
    }
}
