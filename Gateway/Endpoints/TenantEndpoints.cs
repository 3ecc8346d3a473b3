using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Access;
using JobForge.Gateway.Http;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

internal static class TenantEndpoints
{
    private const string NotFound = "Tenant not found";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("listTenants", ListAsync).Gives<Page<TenantView>>();
        routes.MapDoor("createTenant", CreateAsync).Takes<TenantRequest>().Gives<TenantView>(201);
        routes.MapDoor("getTenant", GetAsync).Gives<TenantView>();
        routes.MapDoor("patchTenant", PatchAsync).Takes<TenantChanges>().Gives<TenantView>();
    }

    private static async Task<IResult> ListAsync(Call call, IReadModel rows) => Answers.Whole((await rows.TenantsAsync(call.Cancel)).Select(View));

    private static async Task<IResult> GetAsync(Call call, string id, IReadModel rows)
    {
        if (!OpaqueId.IsValid(id) || !call.Visitor.MayUse(new TenantId(id)))
        {
            return call.Refuse(call.Visitor.IsOperator ? Refusal.NotFound(NotFound) : Visitor.OtherTenant);
        }

        var row = await rows.TenantAsync(new TenantId(id), call.Cancel);
        return Answers.OrNotFound(row is null ? null : View(row), NotFound);
    }

    private static async Task<IResult> CreateAsync(Call call, IGrainFactory grains, IReadModel rows)
    {
        var body = await call.BodyAsync();
        var request = body.IsRefused ? body.Refusal : TenantRequestReader.Read(body.Value);
        if (request.IsRefused)
        {
            return call.Refuse(request.Refusal);
        }

        return await rows.TenantAsync(request.Value.TenantId, call.Cancel) is null
            ? await PutAsync(call, grains, request.Value, StatusCodes.Status201Created)
            : call.Refuse(Refusal.Conflict("The tenant exists already."));
    }

    private static async Task<IResult> PatchAsync(Call call, string id, IGrainFactory grains, IReadModel rows)
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        if (!OpaqueId.IsValid(id) || await rows.TenantAsync(new TenantId(id), call.Cancel) is null)
        {
            return call.Refuse(Refusal.NotFound(NotFound));
        }

        var request = TenantRequestReader.Read(WithId(body.Value, id));
        return request.IsRefused ? call.Refuse(request.Refusal) : await PutAsync(call, grains, request.Value, StatusCodes.Status200OK);
    }

    private static async Task<IResult> PutAsync(Call call, IGrainFactory grains, TenantRequest request, int status)
    {
        var put = await grains.Registry().PutTenant(new(call.Caller(), request));
        return put.IsRefused ? call.Refuse(put.Refusal) : Answers.Json(View(put.Value), status);
    }

    /// <summary>The path names the tenant; what the body says of it is overruled.</summary>
    private static JsonElement WithId(JsonElement body, string id)
    {
        if (body.ValueKind != JsonValueKind.Object || JsonLimits.Check(body).Count > 0)
        {
            // The reader says what is wrong with it; a member that is there twice would be one too many here.
            return body;
        }

        var members = body.EnumerateObject().Where(member => !member.NameEquals("tenant_id")).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        members["tenant_id"] = JsonSerializer.SerializeToElement(id);
        return JsonSerializer.SerializeToElement(members);
    }

    private static TenantView View(TenantRow row) => new(row.Id, row.Name, row.RequestsPerMinute, row.MaxQueuedJobs, row.CreatedAt)
    {
        MaxRunning = row.Limits.MaxRunning,
        StartsPerMinute = row.Limits.StartsPerMinute,
    };

    private static TenantView View(Tenant tenant) =>
        new(tenant.TenantId, tenant.Name, tenant.RequestsPerMinute, tenant.MaxQueuedJobs, tenant.CreatedAt)
        {
            MaxRunning = tenant.MaxRunning,
            StartsPerMinute = tenant.StartsPerMinute,
        };
}

/// <summary>Body of a tenant's change; absent members keep their value.</summary>
public sealed record TenantChanges(string? Name, int? RequestsPerMinute, int? MaxQueuedJobs, int? MaxRunning, int? StartsPerMinute);
