using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Failed jobs: found by filter, counted, and run again at a pace by a job of a built-in template.</summary>
internal static class DeadLetterEndpoints
{
    /// <summary>Counts go no further; a number at this bound means that many or more.</summary>
    private const int MostCounted = 10_000;
    private const int SampleSize = 10;

    private static readonly QueryParameter[] Filters =
    [
        QueryParameter.Tenant, new("template_key", "string", "Only of this template."), new("status_reason", "string", "Only with this reason."),
        new("error_code", "string", "Only with this error code."), new("attempts", "integer", "Only after so many attempts."),
        QueryParameter.FromTime, QueryParameter.ToTime,
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("listDeadLetters", ListAsync, [.. Filters, QueryParameter.Limit, QueryParameter.Cursor]).Gives<Page<JobRow>>();
        routes.MapDoor("countDeadLetters", CountAsync, Filters).Gives<DeadLetterCounts>();
        routes.MapDoor("redriveDeadLetters", RedriveAsync, QueryParameter.Tenant).Takes<RedriveRequest>().Gives<RedriveAnswer>(200, 202);
    }

    private static async Task<IResult> ListAsync(Call call, IReadModel rows)
    {
        if (!call.TryTenant(out var tenant, out var refused))
        {
            return refused;
        }

        var query = new DeadLetterQuery(FilterOf(call, tenant), call.Query.Limit(50), call.Query.Text("cursor", 1024));
        return call.Query.Refusal is { } bad ? call.Refuse(bad) : await Answers.PageAsync(() => rows.DeadLettersAsync(query, call.Cancel));
    }

    private static async Task<IResult> CountAsync(Call call, IReadModel rows)
    {
        if (!call.TryTenant(out var tenant, out var refused))
        {
            return refused;
        }

        var filter = FilterOf(call, tenant);
        return call.Query.Refusal is { } bad ? call.Refuse(bad) : Answers.Json(await CountsAsync(rows, filter, MostCounted, call.Cancel));
    }

    private static async Task<IResult> RedriveAsync(Call call, IGrainFactory grains, IReadModel rows)
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

        var request = RedriveRequest.Read(body.Value, tenant);
        if (request.IsRefused)
        {
            return call.Refuse(request.Refusal);
        }

        if (request.Value.DryRun)
        {
            return Answers.SparseJson(await TryAsync(rows, request.Value, call.Cancel), StatusCodes.Status200OK);
        }

        var outcome = await grains.Tenant(tenant).Redrive(new RedriveJobs(call.Caller(request.Value.ActorId), request.Value));
        return outcome.IsRefused
            ? call.Refuse(outcome.Refusal)
            : Answers.SparseJson(new RedriveAnswer(DryRun: false, null, null, null, outcome.Value.Job), StatusCodes.Status202Accepted);
    }

    private static async Task<RedriveAnswer> TryAsync(IReadModel rows, RedriveRequest request, CancellationToken cancel)
    {
        var counts = await CountsAsync(rows, request.Filter, Math.Min(request.Max, MostCounted), cancel);
        var sample = await rows.DeadLettersAsync(new DeadLetterQuery(request.Filter, SampleSize), cancel);
        return new RedriveAnswer(DryRun: true, counts.Total, counts.More, sample.Items, null);
    }

    private static async Task<DeadLetterCounts> CountsAsync(IReadModel rows, DeadLetterFilter filter, int bound, CancellationToken cancel)
    {
        // One more is looked at, to know whether there are more.
        var counts = await rows.CountDeadLettersAsync(filter, bound + 1, cancel);
        var total = counts.Sum(one => one.Count);
        return new DeadLetterCounts(counts, Math.Min(total, bound), total > bound);
    }

    private static DeadLetterFilter FilterOf(Call call, TenantId tenant) => new()
    {
        TenantId = tenant,
        TemplateKey = call.Query.Text("template_key"),
        StatusReason = call.Query.Text("status_reason"),
        ErrorCode = call.Query.Text("error_code"),
        Attempts = call.Query.Text("attempts") is null ? null : (int)call.Query.Whole("attempts", 0, 0, 10),
        FromTime = call.Query.Time("from_time"),
        ToTime = call.Query.Time("to_time"),
    };
}
