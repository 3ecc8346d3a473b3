using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Stage 3 at the door: jobs requested, read and listed.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("requestJob", RequestAsync).Takes<JobRequest>().Gives<RequestJobResult>(200, 201);
        routes.MapDoor("requestJobs", RequestManyAsync).Takes<IReadOnlyList<JobRequest>>().Gives<JobBatchAnswer>(200, 201, 207);
        routes.MapDoor("listJobs", ListAsync, QueryParameter.Tenant,
                new("status", "string", "Only in these statuses, comma-separated."), new("template_key", "string", "Only of this template."),
                QueryParameter.ProjectId, QueryParameter.TraceId, QueryParameter.Limit, QueryParameter.Cursor)
            .Gives<Page<JobRow>>();
        routes.MapDoor("getJob", GetAsync, QueryParameter.Tenant).Gives<JobRow>();
    }

    /// <summary>Shared by /jobs/{id} and /runs/{id}/status: a run's id is its job's.</summary>
    public static async Task<IResult> GetAsync(Call call, string id, IReadModel rows) =>
        call.TryRun(id, out var run, out var refused)
            ? Answers.OrNotFound(await rows.JobAsync(run.Tenant, run.Job, call.Cancel), Call.NoSuchRun.Message)
            : refused;

    public static IResult AnswerAdmission(Outcome<RequestJobResult> outcome)
    {
        if (outcome.IsRefused)
        {
            return new ProblemAnswer(outcome.Refusal);
        }

        var isNew = outcome.Value is { Replayed: false, DryRun: false };
        return Answers.SparseJson(outcome.Value with { Replayed = false }, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> RequestAsync(Call call, IGrainFactory grains, IReadModel rows, FeatureGate features)
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

        var read = ReadJob(call, body.Value, tenant, call.Http.Request.Headers["Idempotency-Key"]);
        if (read.IsRefused)
        {
            return call.Refuse(await SwitchedOffAsync(call, rows, features, tenant, body.Value) ?? read.Refusal);
        }

        return AnswerAdmission(await grains.Tenant(tenant).RequestJob(new(call.Caller(read.Value.ActorId), read.Value)));
    }

    private static async Task<IResult> RequestManyAsync(Call call, IGrainFactory grains, IReadModel rows, FeatureGate features)
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        if (JobsOf(body.Value) is not { ValueKind: JsonValueKind.Array } array)
        {
            return call.Refuse(Refusal.Invalid("jobs", "Must be an array of job requests", FieldCodes.InvalidType));
        }

        if (!call.TryTenant(out var tenant, out var refused, body.Value.ValueKind == JsonValueKind.Array ? Batches.FirstObject(array) : body.Value))
        {
            return refused;
        }

        if (Batches.CheckLength(array) is { } badLength)
        {
            return call.Refuse(badLength);
        }

        var items = Batches.Read(array, tenant, item => ReadJob(call, item, tenant, header: null), request => request.TenantId);
        items = await FeaturesFirstAsync(items, array, element => SwitchedOffAsync(call, rows, features, tenant, element));
        JobRequest[] valid = [.. items.Where(item => !item.IsRefused).Select(item => item.Value!)];
        var admitted = valid.Length == 0 ? [] : (await grains.Tenant(tenant).RequestJobs(new(call.Caller(), valid))).Jobs;
        return AnswerBatch(items, admitted);
    }

    /// <summary>A malformed item for a feature that is off hears of the feature, as a single request does; each template is asked about once.</summary>
    private static async Task<IReadOnlyList<Outcome<JobRequest>>> FeaturesFirstAsync(
        IReadOnlyList<Outcome<JobRequest>> items, JsonElement array, Func<JsonElement, Task<Refusal?>> switchedOff)
    {
        if (items.All(item => !item.IsRefused))
        {
            return items;
        }

        var known = new Dictionary<string, Refusal?>(StringComparer.Ordinal);
        var answers = new List<Outcome<JobRequest>>(items.Count);
        foreach (var (item, element) in items.Zip(array.EnumerateArray()))
        {
            if (item.IsRefused && item.Refusal.Code == ErrorCode.ValidationError && NamedTemplate(element) is { } key)
            {
                var off = known.TryGetValue(key, out var asked) ? asked : known[key] = await switchedOff(element);
                answers.Add(off is null ? item : off);
            }
            else
            {
                answers.Add(item);
            }
        }

        return answers;
    }

    /// <summary>A bare array, or an object with the member <c>jobs</c>.</summary>
    private static JsonElement JobsOf(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("jobs", out var jobs) ? jobs : body;

    private static IResult AnswerBatch(IReadOnlyList<Outcome<JobRequest>> items, IReadOnlyList<Outcome<RequestJobResult>> admitted)
    {
        static JobBatchItem Refuse(Refusal refusal) => new(null, Replayed: false, ItemError.Of(refusal));
        var answers = Batches.Weave(
            items,
            admitted,
            job => job.IsRefused ? Refuse(job.Refusal) : new JobBatchItem(job.Value with { Replayed = false }, job.Value.Replayed, null),
            Refuse);
        var allNew = answers.All(item => item is { Replayed: false, Result.DryRun: false });
        return Answers.SparseJson(new JobBatchAnswer(answers), Answers.BatchStatus(answers.Any(item => item.Error is not null), allNew));
    }

    private static Outcome<JobRequest> ReadJob(Call call, JsonElement body, TenantId tenant, string? header)
    {
        var read = JobRequestReader.Read(body, tenant, header);
        if (!read.IsRefused && read.Value.TemplateKey == RedriveRequest.TemplateKey)
        {
            // The system's own template: its door asks for more than an app's key.
            return new Refusal(ErrorCode.Forbidden, $"{RedriveRequest.TemplateKey} is requested through POST /v1/dead-letters:redrive only.");
        }

        return read.IsRefused || read.Value.TraceId is not null ? read : read.Value with { TraceId = CorrelationId.W3CTraceId(call.Http) };
    }

    /// <summary>A request that is malformed, for a feature that is off, hears of the feature first.</summary>
    private static async Task<Refusal?> SwitchedOffAsync(Call call, IReadModel rows, FeatureGate features, TenantId tenant, JsonElement body)
    {
        if (NamedTemplate(body) is not { } key || await rows.TemplateAsync(key, call.Cancel) is not { } template)
        {
            return null;
        }

        var off = template.IsAutopilot ? await features.RefusalAsync(tenant, FeatureFlag.AutopilotJobsEnabled) : null;
        off ??= template.IsActionJob ? await features.RefusalAsync(tenant, FeatureFlag.ActionJobsEnabled) : null;
        return off ?? (template.Enabled ? null : new(ErrorCode.TemplateDisabled, FrozenTexts.TemplateDisabled(template.TemplateKey)));
    }

    private static string? NamedTemplate(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && (body.TryGetProperty("template_key", out var key) || body.TryGetProperty("job_type", out key))
            && key.ValueKind == JsonValueKind.String
            ? key.GetString()
            : null;

    private static async Task<IResult> ListAsync(Call call, IReadModel rows)
    {
        if (!call.TryTenant(out var tenant, out var refused))
        {
            return refused;
        }

        var query = new JobQuery
        {
            TenantId = tenant,
            Statuses = call.Query.Words("status", JobStatuses.Parse),
            TemplateKey = call.Query.Text("template_key"),
            ProjectId = call.Query.Id("project_id"),
            TraceId = call.Query.Text("trace_id"),
            Limit = call.Query.Limit(50),
            Cursor = call.Query.Text("cursor", 1024),
        };
        return call.Query.Refusal is { } bad ? call.Refuse(bad) : await Answers.PageAsync(() => rows.JobsAsync(query, call.Cancel));
    }
}
