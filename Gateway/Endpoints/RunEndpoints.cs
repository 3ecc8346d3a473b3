using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JobForge.Gateway.Endpoints;

/// <summary>Stage 8: what a run did, from its rows.</summary>
internal static class RunEndpoints
{
    private const int DefaultLogLines = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("getRunStatus", JobEndpoints.GetAsync, QueryParameter.Tenant).Gives<JobRow>();
        routes.MapDoor("getRunManifest", ManifestAsync, QueryParameter.Tenant).Gives<ArtifactManifest>();
        routes.MapDoor("getRunReport", ReportAsync, QueryParameter.Tenant,
                new("include_inputs", "boolean", "With the inputs' reference; default true."),
                new("include_metrics", "boolean", "With metrics; default true."),
                new("include_env", "boolean", "With the environment; default false."),
                new("max_outputs", "integer", "Outputs to list; default 100."))
            .Produces<string>(StatusCodes.Status200OK, "text/markdown");
        routes.MapDoor("getRunLogs", LogsAsync, QueryParameter.Tenant,
                new("after", "integer", "Only lines with a greater sequence number; default 0."), QueryParameter.Limit)
            .Gives<Page<RunLogLine>>();
        routes.MapDoor("listAttempts", AttemptsAsync, QueryParameter.Tenant).Gives<Page<AttemptRow>>();
    }

    private static async Task<IResult> ManifestAsync(Call call, string id, IReadModel rows, FeatureGate features)
    {
        var manifest = await FindManifestAsync(call, id, rows, features);
        return Answers.Of(manifest);
    }

    private static async Task<IResult> ReportAsync(Call call, string id, IReadModel rows, FeatureGate features)
    {
        var manifest = await FindManifestAsync(call, id, rows, features);
        if (manifest.IsRefused)
        {
            return call.Refuse(manifest.Refusal);
        }

        var defaults = new ManifestReportOptions();
        var options = new ManifestReportOptions
        {
            IncludeInputs = call.Query.Flag("include_inputs") ?? defaults.IncludeInputs,
            IncludeMetrics = call.Query.Flag("include_metrics") ?? defaults.IncludeMetrics,
            IncludeEnv = call.Query.Flag("include_env") ?? defaults.IncludeEnv,
            MaxOutputs = (int)call.Query.Whole("max_outputs", defaults.MaxOutputs, 0, 10_000),
        };
        return call.Query.Refusal is { } bad
            ? call.Refuse(bad)
            : Results.Text(ManifestReport.Generate(manifest.Value, options), "text/markdown", System.Text.Encoding.UTF8);
    }

    /// <summary>The switched-off feature is reported before a run that is not there.</summary>
    private static async Task<Outcome<ArtifactManifest>> FindManifestAsync(Call call, string id, IReadModel rows, FeatureGate features)
    {
        if (!call.TryTenant(out var tenant, out var refused))
        {
            return refused.Refusal;
        }

        if (await features.RefusalAsync(tenant, FeatureFlag.ManifestsEnabled) is { } off)
        {
            return off;
        }

        if (!call.TryRun(id, out var run, out refused))
        {
            return refused.Refusal;
        }

        return await rows.ManifestAsync(run.Tenant, run.Job, call.Cancel) is { } manifest ? manifest : Refusal.NotFound("Manifest not found");
    }

    private static async Task<IResult> LogsAsync(Call call, string id, IReadModel rows)
    {
        var after = call.Query.Whole("after", 0, 0, long.MaxValue);
        var limit = call.Query.Limit(DefaultLogLines);
        if (await FindRunAsync(call, id, rows) is var (run, refusal) && refusal is not null)
        {
            return call.Refuse(refusal);
        }

        var lines = await rows.LogsAsync(run.Tenant, run.Job, after, limit, call.Cancel);
        var next = lines.Count == limit ? lines[^1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Answers.Json(new Page<RunLogLine>(lines, next));
    }

    private static async Task<IResult> AttemptsAsync(Call call, string id, IReadModel rows)
    {
        var (run, refusal) = await FindRunAsync(call, id, rows);
        return refusal is null ? Answers.Whole(await rows.AttemptsAsync(run.Tenant, run.Job, call.Cancel)) : call.Refuse(refusal);
    }

    private static async Task<(RunAddress Run, Refusal? Refusal)> FindRunAsync(Call call, string id, IReadModel rows)
    {
        if (!call.TryRun(id, out var run, out var refused))
        {
            return (run, refused.Refusal);
        }

        if (call.Query.Refusal is { } bad)
        {
            return (run, bad);
        }

        return (run, await rows.JobAsync(run.Tenant, run.Job, call.Cancel) is null ? Call.NoSuchRun : null);
    }
}
