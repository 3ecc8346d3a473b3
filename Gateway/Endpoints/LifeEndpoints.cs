using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Gateway.Why;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Why a job waits, and what lets none start: the pauses.</summary>
internal static class LifeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("whyJob", WhyAsync, QueryParameter.Tenant).Gives<WhyAnswer>();
        routes.MapDoor("listPauses", ListPausesAsync, QueryParameter.Tenant).Gives<Page<PauseView>>();
        routes.MapDoor("pauseJobs", PauseAsync, QueryParameter.Tenant).Takes<PauseRequest>().Gives<PauseAnswer>();
        routes.MapDoor("resumeJobs", ResumeAsync, QueryParameter.Tenant).Takes<PauseRequest>().Gives<PauseAnswer>();
    }

    private static async Task<IResult> WhyAsync(Call call, string id, IReadModel rows, TimeProvider time)
    {
        if (!call.TryRun(id, out var run, out var refused))
        {
            return refused;
        }

        var facts = await rows.StandingAsync(run.Tenant, run.Job, call.Cancel);
        return facts is null ? call.Refuse(Call.NoSuchRun) : Answers.SparseJson(WhyRules.Explain(facts, time.GetUtcNow()), StatusCodes.Status200OK);
    }

    private static async Task<IResult> ListPausesAsync(Call call, IReadModel rows) =>
        call.TryScope(out var scope, out var refused) ? Answers.Whole((await rows.PausesAsync(scope, call.Cancel)).Select(View)) : refused;

    private static Task<IResult> PauseAsync(Call call, IGrainFactory grains) =>
        ChangeAsync(call, paused: true, change => grains.Registry().Pause(change));

    private static Task<IResult> ResumeAsync(Call call, IGrainFactory grains) =>
        ChangeAsync(call, paused: false, change => grains.Registry().Resume(change));

    private static async Task<IResult> ChangeAsync(Call call, bool paused, Func<PauseChange, Task<Outcome<bool>>> act)
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

        var request = PauseRequestReader.Read(body.Value);
        if (request.IsRefused)
        {
            return call.Refuse(request.Refusal);
        }

        if (scope is null && request.Value.TemplateKey is null)
        {
            return call.Refuse(Refusal.Invalid("template_key", "Name a template, a tenant, or both"));
        }

        var (template, reason, actor) = request.Value;
        var changed = await act(new PauseChange(call.Caller(actor), scope, template, reason));
        return changed.IsRefused ? call.Refuse(changed.Refusal) : Answers.Json(new PauseAnswer(scope, template, paused, changed.Value));
    }

    private static PauseView View(PauseRow row) => new(row.Tenant, row.TemplateKey, row.Reason, row.ActorId, row.PausedAt);
}
