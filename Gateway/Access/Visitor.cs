using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Gateway.Access;

/// <summary>Who passed the gate: the key's public id, role and tenant (null for operators).</summary>
public sealed record Visitor(string KeyId, ApiKeyRole Role, TenantId? Tenant)
{
    public static Refusal OtherTenant { get; } = new(ErrorCode.Forbidden, "The key does not belong to this tenant.");

    public bool IsOperator => Role == ApiKeyRole.Operator;

    /// <summary>The tenant that the call is for. A key of a tenant may leave it out; an operator must name one.</summary>
    /// <param name="named">What body or query say; null when they name none.</param>
    public Outcome<TenantId> TenantFor(string? named) => ScopeFor(named) switch
    {
        { IsRefused: true } no => no.Refusal,
        { Value: { } tenant } => tenant,
        _ => Refusal.Invalid("tenant_id", "Is required", FieldCodes.Required),
    };

    /// <summary>As <see cref="TenantFor"/>, but for routes where an operator who names no tenant means all of them (null).</summary>
    public Outcome<TenantId?> ScopeFor(string? named)
    {
        if (string.IsNullOrWhiteSpace(named))
        {
            return new Outcome<TenantId?> { Value = Tenant };
        }

        if (!OpaqueId.IsValid(named))
        {
            return Refusal.Invalid("tenant_id", "Must be 1-128 characters of A-Z a-z 0-9 . _ : -", FieldCodes.InvalidFormat);
        }

        var tenant = new TenantId(named);
        return MayUse(tenant) ? new Outcome<TenantId?> { Value = tenant } : OtherTenant;
    }

    /// <summary>Decided from the key alone, never from what exists, so the answer gives nothing away.</summary>
    public bool MayUse(TenantId tenant) => IsOperator || tenant == Tenant;
}
