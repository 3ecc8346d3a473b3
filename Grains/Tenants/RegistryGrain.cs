using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Json;
using JobForge.Contracts.Templates;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Grains.Tenants;

/// <summary>Operators' acts on the cluster's registry. Each change and its audit row are one transaction; the snapshot follows at once here, within a second elsewhere.</summary>
public sealed class RegistryGrain(
    ITenantStore tenants, ITemplateStore templates, IRegistry registry, IHandlerCatalogue handlers, OperatorDesk desk, AuditTrail audit, KeyMaker keys)
    : Grain, IRegistryGrain
{
    public async Task<Outcome<JobTemplate>> PatchTemplate(TemplateChange change)
    {
        if (registry.Current.Template(change.TemplateKey) is not { Row: var row })
        {
            return Refusal.NotFound(FrozenTexts.TemplateNotFound(change.TemplateKey));
        }

        if (change.Patch.Enabled == true && !handlers.Serves(change.TemplateKey))
        {
            return Refusal.Conflict($"Template {change.TemplateKey} cannot be enabled: no handler in this release serves it.");
        }

        var entry = audit.Entry(AuditActions.TemplateChange, change.Caller) with
        {
            TemplateKey = change.TemplateKey,
            Details = System.Text.Json.JsonSerializer.SerializeToElement(change.Patch, ContractJson.Options),
        };
        var patched = row with
        {
            Enabled = change.Patch.Enabled ?? row.Enabled,
            DefaultMaxAttempts = change.Patch.DefaultMaxAttempts ?? row.DefaultMaxAttempts,
            DefaultTimeoutMs = change.Patch.DefaultTimeoutMs ?? row.DefaultTimeoutMs,
            UpdatedAt = entry.CreatedAt,
        };
        await templates.UpdateAsync(patched, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return registry.Current.Template(change.TemplateKey)!.Row;
    }

    public Task<Outcome<FlagSummary>> GetFlags() => Task.FromResult<Outcome<FlagSummary>>(desk.Flags(registry.Current.ClusterFlags));

    public async Task<Outcome<FlagSummary>> SetFlag(FlagChange change)
    {
        var entry = audit.Entry(AuditActions.FlagChange, change.Caller) with
        {
            Details = AuditDetails.Of(("flag", change.Flag.Word()), ("value", change.Value)),
        };
        await tenants.SetFlagAsync(null, change.Flag, change.Value, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return desk.Flags(registry.Current.ClusterFlags);
    }

    public async Task<Outcome<Tenant>> PutTenant(TenantChange change)
    {
        var request = change.Request;
        var known = registry.Current.Tenant(request.TenantId);
        var entry = audit.Entry(AuditActions.TenantChange, change.Caller, request.TenantId);
        var row = new TenantRow(
            request.TenantId,
            request.Name ?? known?.Name ?? request.TenantId.Value,
            request.RequestsPerMinute ?? known?.RequestsPerMinute ?? TenantDefaults.RequestsPerMinute,
            request.MaxQueuedJobs ?? known?.MaxQueuedJobs ?? TenantDefaults.MaxQueuedJobs,
            known?.CreatedAt ?? entry.CreatedAt)
        {
            Limits = new GateLimits(Bound(request.MaxRunning, known?.Limits.MaxRunning), Bound(request.StartsPerMinute, known?.Limits.StartsPerMinute)),
        };
        await tenants.PutTenantAsync(row, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        desk.LookAtHolds();
        return new Tenant(row.Id, row.Name, row.RequestsPerMinute, row.MaxQueuedJobs, row.CreatedAt)
        {
            MaxRunning = row.Limits.MaxRunning,
            StartsPerMinute = row.Limits.StartsPerMinute,
        };
    }

    public async Task<Outcome<bool>> Pause(PauseChange change)
    {
        if (UnknownScope(change) is { } refusal)
        {
            return refusal;
        }

        var was = registry.Current.IsPaused(change.Tenant, change.TemplateKey);
        var entry = desk.PauseEntry(AuditActions.JobsPause, change);
        await tenants.PauseAsync(
            new PauseRow(change.Tenant, change.TemplateKey, change.Reason, change.Caller.ActorId, entry.CreatedAt), entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return !was;
    }

    public async Task<Outcome<bool>> Resume(PauseChange change)
    {
        if (UnknownScope(change) is { } refusal)
        {
            return refusal;
        }

        var resumed = await tenants.ResumeAsync(change.Tenant, change.TemplateKey, desk.PauseEntry(AuditActions.JobsResume, change), CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        desk.LookAtHolds();
        return resumed;
    }

    public async Task<Outcome<CreatedApiKey>> CreateApiKey(ApiKeyCreation command)
    {
        var request = command.Request;
        if (request.Role == ApiKeyRole.Operator != request.TenantId is null)
        {
            return Refusal.Invalid("tenant_id", request.TenantId is null ? "is required for this role" : "an operator's key belongs to no tenant");
        }

        if (request.TenantId is { } tenant && registry.Current.Tenant(tenant) is null)
        {
            return Refusal.NotFound($"Tenant not found: {tenant}");
        }

        var entry = audit.Entry(AuditActions.ApiKeyCreate, command.Caller, request.TenantId);
        var (row, text) = keys.Make(request, entry.CreatedAt);
        await tenants.AddApiKeyAsync(row, entry with { Details = AuditDetails.Of(("key_id", row.KeyId), ("role", row.Role)) }, CancellationToken.None);
        return new CreatedApiKey(text, row.KeyId, row.TenantId, row.Role, row.Name, row.CreatedAt);
    }

    public async Task<Outcome<bool>> RevokeApiKey(ApiKeyRevocation command)
    {
        var entry = audit.Entry(AuditActions.ApiKeyRevoke, command.Caller, command.Tenant) with
        {
            Details = AuditDetails.Of(("key_id", command.KeyId)),
        };
        return await tenants.RevokeApiKeyAsync(command.KeyId, command.Tenant, entry.CreatedAt, entry, CancellationToken.None)
            ? true
            : Refusal.NotFound("API key not found");
    }

    public Task RecordKeyUse(KeyUse use) =>
        tenants.RecordKeyUseAsync(use.Keys.ToDictionary(key => key.KeyId, key => key.LastUsedAt, StringComparer.Ordinal), CancellationToken.None);

    private Refusal? UnknownScope(PauseChange change)
    {
        if (change.TemplateKey is { } key && registry.Current.Template(key) is null)
        {
            return Refusal.NotFound(FrozenTexts.TemplateNotFound(key));
        }

        return change.Tenant is { } tenant && registry.Current.Tenant(tenant) is null ? Refusal.NotFound($"Tenant not found: {tenant}") : null;
    }

    /// <summary>Absent keeps what was, zero takes the bound away.</summary>
    private static int? Bound(int? asked, int? known) => asked switch
    {
        null => known,
        0 => null,
        _ => asked,
    };
}

/// <summary>Limits of a tenant that names none.</summary>
public static class TenantDefaults
{
    public const int RequestsPerMinute = 6_000;
    public const int MaxQueuedJobs = 100_000;
}
