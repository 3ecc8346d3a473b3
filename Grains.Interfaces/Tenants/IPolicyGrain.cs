using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Policy;
using Orleans;

namespace JobForge.Grains.Interfaces;

/// <summary>Policy tokens of one tenant: made, checked and revoked here, where the key ring is; their single use is the store's to decide.</summary>
public interface IPolicyGrain : IGrainWithStringKey
{
    Task<Outcome<IssuedToken>> Issue(TokenIssue command);

    /// <summary>Checks a token as an action job's admission would, without using it.</summary>
    Task<PolicyCheck> Validate(TokenValidation command);

    /// <summary>False when it was revoked before.</summary>
    Task<Outcome<bool>> Revoke(TokenRevocation command);
}

public sealed record TokenIssue(Caller Caller, PolicyTokenRequest Request);

/// <param name="PolicyToken">The text to hand to the actor; it is kept nowhere.</param>
public sealed record IssuedToken(string PolicyToken, PolicyToken Claims)
{
    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"IssuedToken {Claims.Id}";
}

public sealed record TokenValidation(Caller Caller, string Token, PolicyDemand Demand)
{
    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"TokenValidation for {Demand.Action}";
}

public sealed record TokenRevocation(Caller Caller, string TokenId);
