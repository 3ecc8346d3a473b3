using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Policy;
using JobForge.Contracts.Templates;
using JobForge.Contracts.Wire;

namespace JobForge.Client;

public sealed partial class JobForgeClient
{
    /// <summary>The flags by word, e.g. <c>events_enabled</c>; an operator without a tenant reads the cluster's.</summary>
    public Task<Dictionary<string, bool>> GetFlagsAsync(CancellationToken cancel = default) =>
        _transport.GetAsync<Dictionary<string, bool>>(Request.Get(Path("flags")), cancel);

    /// <summary>Sets flags of the tenant, or of the cluster; null goes back to the start value. Answers the flags that then hold.</summary>
    public Task<Dictionary<string, bool>> SetFlagsAsync(IReadOnlyDictionary<FeatureFlag, bool?> flags, CancellationToken cancel = default) =>
        _transport.GetAsync<Dictionary<string, bool>>(
            Patch(Path("flags"), flags.ToDictionary(pair => pair.Key.Word(), pair => pair.Value, StringComparer.Ordinal)), cancel);

    public async Task<IReadOnlyList<JobTemplate>> ListTemplatesAsync(CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<JobTemplate>>(Request.Get("templates"), cancel)).Items;

    /// <summary>Null when there is no such template.</summary>
    public Task<JobTemplate?> GetTemplateAsync(string key, CancellationToken cancel = default) =>
        _transport.FindAsync<JobTemplate>(Request.Get($"templates/{Uri.EscapeDataString(key)}"), cancel);

    /// <summary>Changes a template for the whole cluster; operators only, and not with <see cref="ForTenant"/>.</summary>
    public Task<JobTemplate> PatchTemplateAsync(string key, TemplatePatch patch, CancellationToken cancel = default) =>
        _transport.GetAsync<JobTemplate>(Patch($"templates/{Uri.EscapeDataString(key)}", patch), cancel);

    /// <summary>Switches a template for the tenant, within what the cluster enables.</summary>
    public Task<TemplateSwitchAnswer> SwitchTemplateAsync(string key, bool enabled, CancellationToken cancel = default) =>
        _transport.GetAsync<TemplateSwitchAnswer>(Patch(Path($"templates/{Uri.EscapeDataString(key)}"), new TemplatePatch { Enabled = enabled }), cancel);

    public Task<NewPolicyToken> IssuePolicyTokenAsync(PolicyTokenRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<NewPolicyToken>(Request.Post("policy-tokens", request), cancel);

    /// <summary>Checks a token as an action job's admission would, without using it.</summary>
    public Task<PolicyCheck> ValidatePolicyTokenAsync(string token, PolicyDemand demand, CancellationToken cancel = default)
    {
        var body = new
        {
            token,
            demand.TenantId,
            demand.Action,
            demand.RequiredScopes,
            demand.ProjectId,
            demand.ActorId,
            demand.Resource,
        };
        return _transport.GetAsync<PolicyCheck>(Request.Post("policy-tokens:validate", body) with { IsIdempotent = true }, cancel);
    }

    public Task<TokenRevocationAnswer> RevokePolicyTokenAsync(string tokenId, CancellationToken cancel = default) =>
        _transport.GetAsync<TokenRevocationAnswer>(Request.Post(Path("policy-tokens:revoke"), new { tokenId }) with { IsIdempotent = true }, cancel);

    /// <summary>One page of audit entries, newest first. A null tenant lists every tenant's (operators only).</summary>
    public Task<Page<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancel = default)
    {
        var scoped = query.TenantId is { } tenant ? ForTenant(tenant.Value) : this;
        return _transport.GetAsync<Page<AuditEntry>>(
            Request.Get(scoped.Path(
                "audit",
                ("action", query.Action),
                ("allowed", query.Allowed),
                ("job_id", query.JobId),
                ("from_time", query.FromTime),
                ("to_time", query.ToTime),
                ("limit", query.Limit),
                ("cursor", query.Cursor))),
            cancel);
    }

    public async Task<IReadOnlyList<TenantView>> ListTenantsAsync(CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<TenantView>>(Request.Get("tenants"), cancel)).Items;

    /// <summary>Null when there is no such tenant.</summary>
    public Task<TenantView?> GetTenantAsync(string tenantId, CancellationToken cancel = default) =>
        _transport.FindAsync<TenantView>(Request.Get($"tenants/{Uri.EscapeDataString(tenantId)}"), cancel);

    public Task<TenantView> CreateTenantAsync(TenantRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<TenantView>(Request.Post("tenants", request), cancel);

    /// <summary>Changes the members that are not null.</summary>
    public Task<TenantView> PatchTenantAsync(TenantRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<TenantView>(Patch($"tenants/{Uri.EscapeDataString(request.TenantId.Value)}", request), cancel);

    public async Task<IReadOnlyList<ApiKeyView>> ListApiKeysAsync(CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<ApiKeyView>>(Request.Get(Path("api-keys")), cancel)).Items;

    /// <summary>The answer holds the key's text, this once.</summary>
    public Task<NewApiKey> CreateApiKeyAsync(ApiKeyRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<NewApiKey>(Request.Post("api-keys", request), cancel);

    public async Task RevokeApiKeyAsync(string keyId, CancellationToken cancel = default)
    {
        using var answer = await _transport.SendAsync(new(HttpMethod.Delete, $"api-keys/{Uri.EscapeDataString(keyId)}"), cancel);
    }

    private static Request Patch(string path, object body) => new(HttpMethod.Patch, path, body) { IsIdempotent = true };
}
