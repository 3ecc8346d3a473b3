using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Access;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

internal static class ApiKeyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("listApiKeys", ListAsync, QueryParameter.Tenant).Gives<Page<ApiKeyView>>();
        routes.MapDoor("createApiKey", CreateAsync).Takes<ApiKeyRequest>().Gives<NewApiKey>(201);
        routes.MapDoor("deleteApiKey", RevokeAsync).Produces(StatusCodes.Status204NoContent);
        routes.MapDoor("revokeApiKey", RevokeAsync).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(Call call, IReadModel rows) => call.TryScope(out var scope, out var refused)
        ? Answers.Whole((await rows.ApiKeysAsync(scope, call.Cancel)).Select(View))
        : refused;

    private static async Task<IResult> CreateAsync(Call call, IGrainFactory grains)
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        if (!call.TryScope(out var scope, out var refused, body.Value))
        {
            return refused;
        }

        var request = ApiKeyRequestReader.Read(body.Value, scope);
        if (request.IsRefused)
        {
            return call.Refuse(request.Refusal);
        }

        if (request.Value.Role == ApiKeyRole.Operator && !call.Visitor.IsOperator)
        {
            return call.Refuse(new(ErrorCode.Forbidden, "Only operators make keys of operators."));
        }

        var made = await grains.Registry().CreateApiKey(new(call.Caller(), request.Value));
        return made.IsRefused ? call.Refuse(made.Refusal) : Answers.Json(View(made.Value), StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(Call call, [Microsoft.AspNetCore.Mvc.FromRoute(Name = "key_id")] string keyId, IGrainFactory grains, ApiKeyDirectory keys)
    {
        var revoked = await grains.Registry().RevokeApiKey(new(call.Caller(), keyId, call.Visitor.Tenant));
        keys.Forget(keyId);
        return revoked.IsRefused ? call.Refuse(revoked.Refusal) : Results.NoContent();
    }

    private static ApiKeyView View(ApiKeyRow row) =>
        new(row.KeyId, row.TenantId, ApiKeyRoles.Parse(row.Role), row.Name, row.CreatedAt, row.LastUsedAt, row.RevokedAt);

    private static NewApiKey View(CreatedApiKey made) =>
        new(made.ApiKey, made.KeyId, made.TenantId, ApiKeyRoles.Parse(made.Role), made.Name, made.CreatedAt);
}
