using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using Orleans;

namespace JobForge.Grains.Interfaces;

/// <summary>The cluster's registry: templates, tenants, API keys, cluster flags. One grain, off the job path; operators call it through the gateway.</summary>
public interface IRegistryGrain : IGrainWithStringKey
{
    /// <summary>Changes a template; enabling one that no handler serves is a conflict that says so.</summary>
    Task<Outcome<JobTemplate>> PatchTemplate(TemplateChange change);

    Task<Outcome<FlagSummary>> GetFlags();

    /// <summary>Stores an operator's value for the cluster (null: back to the start value). Answers the cluster's flags.</summary>
    Task<Outcome<FlagSummary>> SetFlag(FlagChange change);

    /// <summary>Creates a tenant or changes its limits; members left null keep their value or take the default.</summary>
    Task<Outcome<Tenant>> PutTenant(TenantChange change);

    /// <summary>Lets no more jobs of a template, a tenant or a tenant's template start; those that run go on. False when it was paused before.</summary>
    Task<Outcome<bool>> Pause(PauseChange change);

    /// <summary>Ends such a pause; its jobs become ready in slices. False when there was none.</summary>
    Task<Outcome<bool>> Resume(PauseChange change);

    Task<Outcome<CreatedApiKey>> CreateApiKey(ApiKeyCreation command);

    /// <summary>NOT_FOUND when there is no such live key, or it is not <paramref name="command"/>'s tenant's.</summary>
    Task<Outcome<bool>> RevokeApiKey(ApiKeyRevocation command);

    /// <summary>Notes when keys were last used; the gateway gathers them and calls at most twice a minute.</summary>
    Task RecordKeyUse(KeyUse use);
}

public sealed record TemplateChange(Caller Caller, string TemplateKey, TemplatePatch Patch);

public sealed record TenantChange(Caller Caller, TenantRequest Request);

/// <summary>A tenant as the API shows it.</summary>
public sealed record Tenant(TenantId TenantId, string Name, int RequestsPerMinute, int MaxQueuedJobs, DateTimeOffset CreatedAt)
{
    /// <summary>Null: no bound.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>Null: no bound.</summary>
    public int? StartsPerMinute { get; init; }
}

/// <param name="Tenant">Null: every tenant's; then the template is named.</param>
/// <param name="TemplateKey">Null: every template of the tenant.</param>
public sealed record PauseChange(Caller Caller, TenantId? Tenant, string? TemplateKey, string? Reason);

public sealed record ApiKeyCreation(Caller Caller, ApiKeyRequest Request);

/// <param name="ApiKey">The key's text. Shown this once, kept nowhere.</param>
public sealed record CreatedApiKey(string ApiKey, string KeyId, TenantId? TenantId, string Role, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Never prints the key.</summary>
    public override string ToString() => $"CreatedApiKey {KeyId}";
}

/// <param name="Tenant">Null: an operator, who may revoke any.</param>
public sealed record ApiKeyRevocation(Caller Caller, string KeyId, TenantId? Tenant);

public sealed record KeyUse(IReadOnlyList<KeyUseEntry> Keys);

public sealed record KeyUseEntry(string KeyId, DateTimeOffset LastUsedAt);
