using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>getFeatureFlagSummary of the contract, as a flat object of booleans, and its changes.</summary>
internal static class FlagEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("getFlags", GetAsync, QueryParameter.Tenant).Gives<Dictionary<string, bool>>();
        routes.MapDoor("patchFlags", PatchAsync, QueryParameter.Tenant).Takes<Dictionary<string, bool?>>().Gives<Dictionary<string, bool>>();
    }

    private static async Task<IResult> GetAsync(Call call, IGrainFactory grains) =>
        call.TryScope(out var scope, out var refused) ? Answer(await ReadAsync(grains, scope)) : refused;

    private static async Task<IResult> PatchAsync(Call call, IGrainFactory grains)
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

        var patch = FlagPatchReader.Read(body.Value);
        return patch.IsRefused ? call.Refuse(patch.Refusal) : Answer(await ApplyAsync(call, grains, scope, patch.Value));
    }

    /// <summary>One flag after another, each with its own audit row; a refusal stops, and leaves those before it set.</summary>
    private static async Task<Outcome<FlagSummary>> ApplyAsync(Call call, IGrainFactory grains, TenantId? scope, FlagPatch patch)
    {
        var changes = patch.Values.Select(pair => new FlagChange(call.Caller(), pair.Key, pair.Value))
            .Concat(patch.Removed.Select(flag => new FlagChange(call.Caller(), flag, Value: null)));
        Outcome<FlagSummary>? last = null;
        foreach (var change in changes)
        {
            last = scope is { } tenant ? await grains.Tenant(tenant).SetFlag(change) : await grains.Registry().SetFlag(change);
            if (last.IsRefused)
            {
                return last;
            }
        }

        return last ?? await ReadAsync(grains, scope);
    }

    private static Task<Outcome<FlagSummary>> ReadAsync(IGrainFactory grains, TenantId? scope) =>
        scope is { } tenant ? grains.Tenant(tenant).GetFlags() : grains.Registry().GetFlags();

    private static IResult Answer(Outcome<FlagSummary> summary) =>
        summary.IsRefused ? new ProblemAnswer(summary.Refusal) : Answers.Json(summary.Value.Flags);
}
