using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

internal static class TemplateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("listTemplates", ListAsync).Gives<Page<JobTemplate>>();
        routes.MapDoor("getTemplate", GetAsync).Gives<JobTemplate>();
        routes.MapDoor("patchTemplate", PatchAsync, QueryParameter.Tenant)
            .Takes<TemplatePatch>().Gives<JobTemplate>();
    }

    private static async Task<IResult> ListAsync(Call call, IReadModel rows) => Answers.Whole(await rows.TemplatesAsync(call.Cancel));

    private static async Task<IResult> GetAsync(Call call, string key, IReadModel rows) =>
        Answers.OrNotFound(OpaqueId.IsValid(key) ? await rows.TemplateAsync(key, call.Cancel) : null, FrozenTexts.TemplateNotFound(key));

    /// <summary>For the cluster when an operator names no tenant; else the tenant's own switch, which knows only <c>enabled</c>.</summary>
    private static async Task<IResult> PatchAsync(Call call, string key, IGrainFactory grains, IReadModel rows)
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

        var patch = TemplatePatchReader.Read(body.Value);
        if (patch.IsRefused)
        {
            return call.Refuse(patch.Refusal);
        }

        if (!OpaqueId.IsValid(key) || await rows.TemplateAsync(key, call.Cancel) is null)
        {
            return call.Refuse(Refusal.NotFound(FrozenTexts.TemplateNotFound(key)));
        }

        return scope is { } tenant
            ? await SwitchAsync(call, grains, tenant, key, patch.Value)
            : Answers.Of(await grains.Registry().PatchTemplate(new(call.Caller(), key, patch.Value)));
    }

    private static async Task<IResult> SwitchAsync(Call call, IGrainFactory grains, TenantId tenant, string key, TemplatePatch patch)
    {
        if (patch is not { Enabled: { } enabled, DefaultMaxAttempts: null, DefaultTimeoutMs: null })
        {
            return call.Refuse(new(ErrorCode.Forbidden, "A tenant switches a template with enabled; its other members are the cluster's."));
        }

        var was = await grains.Tenant(tenant).SetTemplate(new(call.Caller(), key, enabled));
        return was.IsRefused ? call.Refuse(was.Refusal) : Answers.Json(new TemplateSwitchAnswer(key, tenant, enabled, was.Value));
    }
}
