using JobForge.Contracts.Audit;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;

namespace JobForge.Storage.Roles;

/// <summary>Tenants, their flags and template switches, API keys, and the token revocations. Every change carries its audit row in the same transaction.</summary>
public interface ITenantStore
{
    /// <summary>Creates the tenant or changes its settings.</summary>
    Task PutTenantAsync(TenantRow tenant, AuditEntry audit, CancellationToken cancel);

    /// <summary>Stores an operator's value; a null tenant means the cluster, a null value removes the override.</summary>
    Task SetFlagAsync(TenantId? tenant, FeatureFlag flag, bool? value, AuditEntry audit, CancellationToken cancel);

    /// <summary>A tenant's own switch of a template: it can only narrow what the cluster enables.</summary>
    Task SetTenantTemplateAsync(TenantId tenant, string templateKey, bool enabled, AuditEntry audit, CancellationToken cancel);

    /// <summary>Pauses, or gives the pause's reason anew.</summary>
    Task PauseAsync(PauseRow pause, AuditEntry audit, CancellationToken cancel);

    /// <summary>False when nothing was paused so.</summary>
    Task<bool> ResumeAsync(TenantId? tenant, string? templateKey, AuditEntry audit, CancellationToken cancel);

    Task AddApiKeyAsync(ApiKeyRow key, AuditEntry audit, CancellationToken cancel);

    /// <summary>False when there is no such key, or it belongs to another tenant than <paramref name="tenant"/> (null: any), or it is revoked already.</summary>
    Task<bool> RevokeApiKeyAsync(string keyId, TenantId? tenant, DateTimeOffset at, AuditEntry audit, CancellationToken cancel);

    Task RecordKeyUseAsync(IReadOnlyDictionary<string, DateTimeOffset> lastUsed, CancellationToken cancel);

    /// <summary>False when it was revoked before.</summary>
    Task<bool> RevokeTokenAsync(TenantId tenant, string tokenId, DateTimeOffset at, AuditEntry audit, CancellationToken cancel);

    /// <summary>What became of a token; null when it is neither used nor revoked.</summary>
    Task<TokenState?> TokenStateAsync(TenantId tenant, string tokenId, CancellationToken cancel);
}

public enum TokenState
{
    Used,
    Revoked,
}

/// <summary>A tenant and its limits.</summary>
/// <param name="RequestsPerMinute">Job requests admitted a minute, a token bucket of that size.</param>
/// <param name="MaxQueuedJobs">Jobs that may wait at once.</param>
public sealed record TenantRow(TenantId Id, string Name, int RequestsPerMinute, int MaxQueuedJobs, DateTimeOffset CreatedAt)
{
    /// <summary>Jobs that may run at once, and starts a minute, over all processes.</summary>
    public GateLimits Limits { get; init; }
}

/// <summary>Jobs of a template, of a tenant, or of a tenant's template do not start.</summary>
/// <param name="Tenant">Null: every tenant's; then the template is named.</param>
/// <param name="TemplateKey">Null: every template of the tenant.</param>
public sealed record PauseRow(TenantId? Tenant, string? TemplateKey, string? Reason, string? ActorId, DateTimeOffset PausedAt);

/// <param name="TenantId">Null for operator keys, which belong to no tenant.</param>
/// <param name="Role">app, tenant_admin, operator or worker.</param>
/// <param name="KeyHash">HMAC-SHA256 of the text under the pepper. The text is stored nowhere.</param>
public sealed record ApiKeyRow(string KeyId, TenantId? TenantId, string Role, string Name, byte[] KeyHash, DateTimeOffset CreatedAt)
{
    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>The template registry.</summary>
public interface ITemplateStore
{
    /// <summary>Adds the templates that are not there yet, on or off as they say; leaves the others as they are.</summary>
    Task SeedAsync(IReadOnlyList<JobTemplate> templates, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Replaces one template's row. False when there is none with that key.</summary>
    Task<bool> UpdateAsync(JobTemplate template, AuditEntry audit, CancellationToken cancel);
}

/// <summary>
/// Everything that admission decides by, in one read: templates, tenants, flags and switches. <see cref="VersionAsync"/> moves whenever one of these
/// rows changes, by whichever hand, plain SQL included.
/// </summary>
public interface IRegistryStore
{
    /// <summary>Cheap enough to ask twice a second; touches no table unless something was committed since the last call.</summary>
    Task<long> VersionAsync(CancellationToken cancel);

    Task<RegistryRows> LoadAsync(CancellationToken cancel);
}

public sealed record RegistryRows
{
    public required long Version { get; init; }

    public required IReadOnlyList<JobTemplate> Templates { get; init; }

    public required IReadOnlyList<TenantRow> Tenants { get; init; }

    public required IReadOnlyList<(TenantId? Tenant, FeatureFlag Flag, bool Value)> Flags { get; init; }

    public required IReadOnlyList<(TenantId Tenant, string TemplateKey, bool Enabled)> TenantTemplates { get; init; }

    public IReadOnlyList<PauseRow> Pauses { get; init; } = [];
}

/// <summary>The audit log's own door, for decisions that change nothing else.</summary>
public interface IAuditLog
{
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel);
}
