using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Access;

/// <summary>What a key may do: each role's rights stand in the gateway's door table.</summary>
public enum ApiKeyRole
{
    /// <summary>Submits events, requests and reads jobs of its tenant.</summary>
    App,

    /// <summary>App, and its tenant's triggers, template switches, flags, tokens and keys.</summary>
    TenantAdmin,

    /// <summary>Everything, for every tenant.</summary>
    Operator,

    /// <summary>Claims and completes jobs of named templates.</summary>
    Worker,
}

/// <summary>Asks for a key. Only operators may leave the tenant out (an operator's key belongs to none).</summary>
public sealed record ApiKeyRequest(TenantId? TenantId, ApiKeyRole Role, string? Name);

/// <summary>Creates a tenant or changes its limits; null members keep their value or take the default.</summary>
public sealed record TenantRequest(TenantId TenantId, string? Name, int? RequestsPerMinute, int? MaxQueuedJobs)
{
    /// <summary>Jobs that may run at once; 0 takes the bound away.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>Starts a minute; 0 takes the bound away.</summary>
    public int? StartsPerMinute { get; init; }
}

/// <summary>Pauses or resumes. Without a tenant it is the template for all tenants, which only operators may do.</summary>
public sealed record PauseRequest(string? TemplateKey, string? Reason, string? ActorId);
