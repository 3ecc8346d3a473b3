using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Policy;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Grains.Tenants;

/// <summary>Makes, checks and revokes the policy tokens of one tenant.</summary>
public sealed class PolicyGrain(PolicyTokens tokens, IRegistry registry, ITenantStore tenants, AuditTrail audit, TimeProvider time) : Grain, IPolicyGrain
{
    public async Task<Outcome<IssuedToken>> Issue(TokenIssue command)
    {
        var tenant = Tenant();
        if (Refuse(tenant, command.Request) is { } refusal)
        {
            await audit.Record(audit.Entry(AuditActions.PolicyTokenIssue, command.Caller, tenant, refusal));
            return refusal;
        }

        var (claims, text) = tokens.Issue(command.Request);
        await audit.Record(audit.Entry(AuditActions.PolicyTokenIssue, command.Caller, tenant) with
        {
            PolicyTokenId = claims.Id,
            ActorId = claims.ActorId,
            TemplateKey = claims.Action,
            ScopesGranted = claims.Scopes,
            ProjectId = claims.ProjectId,
        });
        return new IssuedToken(text, claims);
    }

    public async Task<PolicyCheck> Validate(TokenValidation command)
    {
        var check = tokens.Verify(command.Token, command.Demand with { TenantId = Tenant().Value }, time.GetUtcNow());
        if (check is { Allowed: true, TokenId: { } id } && await tenants.TokenStateAsync(Tenant(), id, CancellationToken.None) is { } spent)
        {
            check = check with { Allowed = false, Reason = spent == TokenState.Used ? PolicyReasons.TokenAlreadyUsed : PolicyReasons.TokenRevoked };
        }

        await audit.Record(audit.Entry(AuditActions.PolicyCheck, command.Caller, Tenant()) with
        {
            Allowed = check.Allowed,
            Reason = check.Reason,
            PolicyTokenId = check.TokenId,
            TemplateKey = command.Demand.Action,
        });
        return check;
    }

    public async Task<Outcome<bool>> Revoke(TokenRevocation command)
    {
        var tenant = Tenant();
        var entry = audit.Entry(AuditActions.PolicyTokenRevoke, command.Caller, tenant) with { PolicyTokenId = command.TokenId };
        return await tenants.RevokeTokenAsync(tenant, command.TokenId, time.GetUtcNow(), entry, CancellationToken.None);
    }

    private Refusal? Refuse(TenantId tenant, PolicyTokenRequest request)
    {
        if (registry.Current.Tenant(tenant) is null)
        {
            return Refusal.NotFound($"Tenant not found: {tenant}");
        }

        return registry.Current.Template(request.Action) is null
            ? Refusal.Invalid("action", FrozenTexts.TemplateNotFound(request.Action), "unknown_value")
            : null;
    }

    private TenantId Tenant() => GrainKeys.ParseTenant(this.GetPrimaryKeyString());
}
