using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>What an actor may do to a job that was admitted: cancel, retry, reschedule.</summary>
internal static class JobCommandEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("cancelJob", CancelAsync, QueryParameter.Tenant).Takes<CancelRequest>(optional: true).Gives<JobRow>();
        routes.MapDoor("retryJob", RetryAsync, QueryParameter.Tenant).Takes<CancelRequest>(optional: true).Gives<RequestJobResult>(201);
        routes.MapDoor("rescheduleJob", RescheduleAsync, QueryParameter.Tenant).Takes<RescheduleRequest>().Gives<JobRow>();
    }

    private static Task<IResult> CancelAsync(Call call, string id, IGrainFactory grains, IReadModel rows) =>
        CommandAsync(call, id, rows, CancelRequestReader.Read, async (run, request) =>
            Answers.Of(await grains.Job(run.Tenant, run.Job).Cancel(new(call.Caller(request.ActorId), run.Job, request.Reason))));

    private static Task<IResult> RetryAsync(Call call, string id, IGrainFactory grains, IReadModel rows) =>
        CommandAsync(call, id, rows, CancelRequestReader.Read, async (run, request) =>
            JobEndpoints.AnswerAdmission(await grains.Tenant(run.Tenant).RetryJob(new(call.Caller(request.ActorId), run.Job, request.Reason))));

    private static Task<IResult> RescheduleAsync(Call call, string id, IGrainFactory grains, IReadModel rows) =>
        CommandAsync(call, id, rows, RescheduleRequestReader.Read, async (run, request) =>
            Answers.Of(await grains.Job(run.Tenant, run.Job).Reschedule(new(call.Caller(), request.RunAt))));

    private static async Task<IResult> CommandAsync<T>(
        Call call, string id, IReadModel rows, Func<System.Text.Json.JsonElement, Outcome<T>> read, Func<RunAddress, T, Task<IResult>> command)
        where T : class
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        if (!call.TryRun(id, out var run, out var refused, body.Value))
        {
            return refused;
        }

        // The row is asked first: an id that names no run of this tenant must not wake a grain.
        if (await rows.JobAsync(run.Tenant, run.Job, call.Cancel) is null)
        {
            return call.Refuse(Call.NoSuchRun);
        }

        var request = read(body.Value);
        return request.IsRefused ? call.Refuse(request.Refusal) : await command(run, request.Value);
    }
}
