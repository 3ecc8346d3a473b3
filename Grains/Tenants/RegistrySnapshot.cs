using System.Collections.Frozen;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Schemas;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>Everything that admission decides by, as of one version of the registry. Immutable: a decision reads one snapshot throughout.</summary>
public sealed class RegistrySnapshot
{
    private static readonly FrozenDictionary<FeatureFlag, bool> NoFlags = FrozenDictionary<FeatureFlag, bool>.Empty;

    private readonly FrozenDictionary<string, RegisteredTemplate> _templates;
    private readonly FrozenDictionary<TenantId, TenantRow> _tenants;
    private readonly Dictionary<TenantId, FlagSet> _tenantFlags;
    private readonly FlagSet _plainTenantFlags;
    private readonly FrozenDictionary<(TenantId, string), bool> _tenantTemplates;
    private readonly IReadOnlyList<PauseRow> _pauses;

    /// <param name="startFlags">The environment's start values, under whatever operators stored.</param>
    /// <param name="previous">Compiled schemas are taken over from here where a template did not change.</param>
    public RegistrySnapshot(RegistryRows rows, FlagSet startFlags, RegistrySnapshot? previous = null)
    {
        Version = rows.Version;
        _templates = rows.Templates.Select(template => RegisteredTemplate.From(template, previous?.Template(template.TemplateKey)))
            .ToFrozenDictionary(template => template.Row.TemplateKey, StringComparer.Ordinal);
        _tenants = rows.Tenants.ToFrozenDictionary(tenant => tenant.Id);
        ClusterFlags = startFlags.With(FlagsOf(rows, null));
        _plainTenantFlags = ClusterFlags.ForTenant(NoFlags);
        _tenantFlags = rows.Flags.Where(row => row.Tenant is not null).Select(row => row.Tenant!.Value).Distinct()
            .ToDictionary(tenant => tenant, tenant => ClusterFlags.ForTenant(FlagsOf(rows, tenant)));
        _pauses = rows.Pauses;
        LimitsAnyTenant = rows.Tenants.Any(tenant => tenant.Limits.Any);
        _tenantTemplates = rows.TenantTemplates.ToFrozenDictionary(row => (row.Tenant, row.TemplateKey), row => row.Enabled);
    }

    public long Version { get; }

    public FlagSet ClusterFlags { get; }

    /// <summary>False: no job need be looked at for a pause or a tenant's limit.</summary>
    public bool MayHold => _pauses.Count > 0 || LimitsAnyTenant;

    private bool LimitsAnyTenant { get; }

    /// <summary>The pause that keeps such jobs from starting; null: none. There are few, set by hand.</summary>
    public PauseRow? PauseOf(TenantId tenant, string templateKey) => _pauses.FirstOrDefault(pause =>
        (pause.Tenant is null || pause.Tenant == tenant)
        && (pause.TemplateKey is null || string.Equals(pause.TemplateKey, templateKey, StringComparison.Ordinal)));

    /// <summary>Whether exactly this scope is paused.</summary>
    public bool IsPaused(TenantId? tenant, string? templateKey) => _pauses.Any(pause =>
        pause.Tenant == tenant && string.Equals(pause.TemplateKey, templateKey, StringComparison.Ordinal));

    public TenantRow? Tenant(TenantId id) => _tenants.GetValueOrDefault(id);

    public FlagSet Flags(TenantId tenant) => _tenantFlags.GetValueOrDefault(tenant) ?? _plainTenantFlags;

    public RegisteredTemplate? Template(string key) => _templates.GetValueOrDefault(key);

    /// <summary>The cluster enables; a tenant can only narrow.</summary>
    public bool IsEnabled(TenantId tenant, RegisteredTemplate template) =>
        template.Row.Enabled && _tenantTemplates.GetValueOrDefault((tenant, template.Row.TemplateKey), defaultValue: true);

    private static Dictionary<FeatureFlag, bool> FlagsOf(RegistryRows rows, TenantId? tenant) =>
        rows.Flags.Where(row => row.Tenant == tenant).ToDictionary(row => row.Flag, row => row.Value);
}

/// <summary>A template and its compiled input schema. A schema that does not compile (rows can be changed by SQL) keeps the template from running.</summary>
public sealed record RegisteredTemplate(JobTemplate Row, JsonSchema? InputSchema, string? SchemaFault)
{
    public static RegisteredTemplate From(JobTemplate row, RegisteredTemplate? previous)
    {
        if (previous is not null && previous.Row.InputSchema.GetRawText() == row.InputSchema.GetRawText())
        {
            return previous with { Row = row };
        }

        var compiled = JsonSchema.Compile(row.InputSchema);
        return new RegisteredTemplate(row, compiled.Value, compiled.Refusal?.Message);
    }
}

/// <summary>The process's picture of the registry. It follows the store within a second, whoever changed it.</summary>
public interface IRegistry
{
    RegistrySnapshot Current { get; }

    /// <summary>Reads the store now, after a change of our own.</summary>
    Task RefreshAsync(CancellationToken cancel);
}
