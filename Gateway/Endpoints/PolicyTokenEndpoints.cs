using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Policy;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Grains.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Policy tokens are made, checked and revoked where the key ring is; the gateway never holds a secret.</summary>
internal static class PolicyTokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("issuePolicyToken", IssueAsync).Takes<PolicyTokenRequest>().Gives<NewPolicyToken>(201);
        routes.MapDoor("validatePolicyToken", ValidateAsync).Takes<TokenQuestion>().Gives<PolicyCheck>();
        routes.MapDoor("revokePolicyToken", RevokeAsync).Takes<TokenName>().Gives<TokenRevocationAnswer>();
    }

    private static Task<IResult> IssueAsync(Call call, IGrainFactory grains) =>
        WithBodyAsync(call, (body, tenant) => PolicyTokenRequestReader.Read(body, tenant), async (tenant, request) =>
        {
            var issued = await grains.Policy(tenant).Issue(new(call.Caller(request.ActorId), request));
            return issued.IsRefused
                ? call.Refuse(issued.Refusal)
                : Answers.Json(new NewPolicyToken(issued.Value.PolicyToken, issued.Value.Claims), StatusCodes.Status201Created);
        });

    private static Task<IResult> ValidateAsync(Call call, IGrainFactory grains) =>
        WithBodyAsync(call, (body, tenant) => PolicyValidationRequestReader.Read(body, tenant), async (tenant, question) =>
            Answers.Json(await grains.Policy(tenant).Validate(new(call.Caller(question.Demand.ActorId), question.Token, question.Demand))));

    private static Task<IResult> RevokeAsync(Call call, IGrainFactory grains) =>
        WithBodyAsync(call, (body, _) => ReadTokenName(body), async (tenant, name) =>
        {
            var revoked = await grains.Policy(tenant).Revoke(new(call.Caller(), name.TokenId));
            return revoked.IsRefused
                ? call.Refuse(revoked.Refusal)
                : Answers.Json(new TokenRevocationAnswer(name.TokenId, Revoked: true, AlreadyRevoked: !revoked.Value));
        });

    private static async Task<IResult> WithBodyAsync<T>(
        Call call, Func<JsonElement, TenantId, Outcome<T>> read, Func<TenantId, T, Task<IResult>> act)
        where T : class
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        if (!call.TryTenant(out var tenant, out var refused, body.Value))
        {
            return refused;
        }

        var request = read(body.Value, tenant);
        return request.IsRefused ? call.Refuse(request.Refusal) : await act(tenant, request.Value);
    }

    private static Outcome<TokenName> ReadTokenName(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var name = new TokenName(fields.RequiredId("token_id"), null);
        return fields.Finish(() => name);
    }
}

/// <summary>Body of a revocation.</summary>
public sealed record TokenName(string TokenId, TenantId? TenantId);

/// <summary>Body of a validation, for the document; PolicyValidationRequestReader reads it.</summary>
public sealed record TokenQuestion(string Token, string Action)
{
    public IReadOnlyList<string>? RequiredScopes { get; init; }

    public TenantId? TenantId { get; init; }

    public string? ActorId { get; init; }

    public string? ProjectId { get; init; }

    public string? Resource { get; init; }

    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"TokenQuestion {Action}";
}
