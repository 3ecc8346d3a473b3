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
    ITenantStore tenants, ITemplateStore templates, IRegistry registry, IHandlerCatalogue handlers, AuditTrail audit, AdmissionDesk desk, KeyMaker keys)
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

    public Task<Outcome<FlagSummary>> GetFlags() => Task.FromResult<Outcome<FlagSummary>>(desk.Summary(registry.Current.ClusterFlags));

    public async Task<Outcome<FlagSummary>> SetFlag(FlagChange change)
    {
        var entry = audit.Entry(AuditActions.FlagChange, change.Caller) with
        {
            Details = AuditDetails.Of(("flag", change.Flag.Word()), ("value", change.Value)),
        };
        await tenants.SetFlagAsync(null, change.Flag, change.Value, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return desk.Summary(registry.Current.ClusterFlags);
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
            known?.CreatedAt ?? entry.CreatedAt);
        await tenants.PutTenantAsync(row, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return new Tenant(row.Id, row.Name, row.RequestsPerMinute, row.MaxQueuedJobs, row.CreatedAt);
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
}

/// <summary>Limits of a tenant that names none.</summary>
public static class TenantDefaults
{
    public const int RequestsPerMinute = 6_000;
    public const int MaxQueuedJobs = 100_000;
}
