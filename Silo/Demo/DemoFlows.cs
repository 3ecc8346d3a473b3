using System.Text.Json;
using JobForge.Client;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Templates;

namespace JobForge.Silo.Demo;

/// <summary>The integration guide's flows, each on real input and checked against what is known beforehand.</summary>
public sealed partial class DemoFlows(DemoAccess access, DemoSite site, DemoScript script)
{
    private static readonly string[] UsedTemplates =
    [
        "keys.usage.aggregate", "autopilot.ops.scan", "autopilot.growth.seo_scan", "autopilot.ops.apply", DemoTemplates.Flaky, DemoTemplates.Broken,
    ];

    // The guide polls once a second; the demo looks a little more often so as not to bore.
    private static readonly WaitOptions Poll = new() { FirstDelay = TimeSpan.FromMilliseconds(100), LongestDelay = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromMinutes(2) };

    private string? _report;

    /// <returns>True when every expectation held.</returns>
    public async Task<bool> PlayAsync(CancellationToken cancel)
    {
        await Guard("Operator: enable the templates that the demo uses", EnableTemplates, cancel);
        await Guard("Keys: usage events in, hourly totals out", KeysUsage, cancel);
        await Guard("ReadyLayer: a verification pack of a site with planted faults", VerificationPack, cancel);
        await Guard("Growth: SEO scan of the same site", SeoScan, cancel);
        await Guard("Ops: an action job, guarded by a policy token", ActionJob, cancel);
        await Guard("A dry run: what would happen, and nothing else", DryRun, cancel);
        await Guard("A handler that fails twice, then succeeds", Flaky, cancel);
        await Guard("A handler that fails for good", Broken, cancel);
        PrintReport();
        return script.Failures == 0;
    }

    private async Task EnableTemplates(CancellationToken cancel)
    {
        var all = await access.Operator.ListTemplatesAsync(cancel);
        script.Say($"{all.Count} templates registered, {all.Count(template => template.Enabled)} enabled");
        foreach (var key in UsedTemplates)
        {
            await access.Operator.PatchTemplateAsync(key, new TemplatePatch { Enabled = true }, cancel);
        }

        try
        {
            await access.Operator.PatchTemplateAsync("autopilot.support.triage", new TemplatePatch { Enabled = true }, cancel);
            script.Expect(holds: false, "a template without a handler refuses to be enabled");
        }
        catch (JobForgeException refused)
        {
            script.Expect(refused.Code == ErrorCode.Conflict, $"a template without a handler refuses to be enabled: {refused.Message}");
        }
    }

    /// <summary>A flow that throws has failed, and the next one still plays.</summary>
    private async Task Guard(string title, Func<CancellationToken, Task> flow, CancellationToken cancel)
    {
        script.Step(title);
        try
        {
            await flow(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            script.Expect(holds: false, $"the flow runs to its end: {failure.GetType().Name}: {failure.Message}");
        }
    }

    private async Task KeysUsage(CancellationToken cancel)
    {
        var trace = NewTrace();
        var sample = new UsageSample(access.Tenant, TimeProvider.System.GetUtcNow(), trace, trace[^6..]);
        foreach (var batch in sample.Events.Chunk(100))
        {
            await access.App.SubmitEventsAsync(batch, cancel);
        }

        script.Say($"submitted {sample.Events.Count} keys.usage.recorded events of {sample.KeyIds.Count} keys over 6 hours");
        var job = await RunAsync("keys.usage.aggregate", new { Period = "24h", Granularity = "hourly", sample.KeyIds }, cancel, trace);
        ExpectSucceeded(job);
        var result = job.Result!.Value;
        foreach (var key in result.GetProperty("keys_breakdown").EnumerateArray())
        {
            var id = key.GetProperty("key_id").GetString()!;
            var requests = key.GetProperty("total_requests").GetInt64();
            var hours = key.GetProperty("buckets").GetArrayLength();
            script.Expect(requests == sample.RequestsByKey[id], $"{id}: {requests} requests in {hours} hourly buckets (added up beforehand: {sample.RequestsByKey[id]})");
        }

        script.Expect(result.GetProperty("total_requests").GetInt64() == sample.TotalRequests, $"all keys: {sample.TotalRequests} requests");
        script.Expect(result.GetProperty("total_bytes").GetInt64() == sample.TotalBytes, $"all keys: {sample.TotalBytes} bytes");
    }

    private async Task VerificationPack(CancellationToken cancel)
    {
        var trace = NewTrace();
        await access.App.SubmitEventAsync(new EventEnvelope
        {
            TenantId = access.Tenant,
            ProjectId = "project-456",
            EventType = "readylayer.verification.requested",
            TraceId = trace,
            SourceApp = "readylayer",
            SourceModule = "ops",
            Payload = ToJson(new { VerificationType = "full_audit", Checks = new[] { "ssl", "performance", "accessibility" } }),
        }, cancel: cancel);
        var job = await RunAsync("autopilot.ops.scan", new { Target = "production", ScanType = "performance", Checks = new[] { "ssl", "cdn", "cache" } }, cancel, trace);
        ExpectSucceeded(job);
        script.Say($"target 'production' is {site.HttpsUrl} and {site.HttpUrl}");
        var findings = job.Result!.Value.GetProperty("findings").EnumerateArray().ToList();
        foreach (var finding in findings)
        {
            script.Say($"{finding.GetProperty("severity").GetString(),-8} {finding.GetProperty("check").GetString(),-6} {finding.GetProperty("title").GetString()}");
        }

        script.Expect(findings.Exists(finding => finding.GetProperty("check").GetString() == "ssl"), "the certificate's faults are found");
        script.Expect(findings.Exists(finding => finding.GetProperty("check").GetString() == "cache"), "the missing cache headers are found");
        var manifest = await access.App.GetRunManifestAsync(job.Id, cancel);
        script.Expect(manifest is { Status: ManifestStatus.Complete, Outputs.Count: > 0 }, $"the manifest is sealed with {manifest?.Outputs.Count} outputs");
        await VerifyArtifacts(job.Id, manifest!, cancel);
        _report = await access.App.GetRunReportAsync(job.Id, new ManifestReportOptions { IncludeEnv = true }, cancel);
    }

    /// <summary>The client compares each download with the checksum of the manifest.</summary>
    private async Task VerifyArtifacts(JobId run, ArtifactManifest manifest, CancellationToken cancel)
    {
        foreach (var output in manifest.Outputs)
        {
            using var content = new MemoryStream();
            await access.App.DownloadArtifactAsync(run, output, content, cancel);
            script.Expect(content.Length == output.Size, $"artifact {output.Name}: {content.Length} bytes, checksum right");
        }
    }

    private async Task SeoScan(CancellationToken cancel)
    {
        var job = await RunAsync("autopilot.growth.seo_scan", new { Url = site.HttpUrl, Depth = 3 }, cancel);
        ExpectSucceeded(job);
        var result = job.Result!.Value;
        var issues = result.GetProperty("issues").EnumerateArray().ToList();
        script.Say($"score {result.GetProperty("score")} over {result.GetProperty("pages_crawled")} pages, {issues.Count} issues, among them:");
        foreach (var issue in issues.DistinctBy(issue => issue.GetProperty("id").GetString(), StringComparer.Ordinal).Take(8))
        {
            script.Say($"{issue.GetProperty("severity").GetString(),-8} {issue.GetProperty("title").GetString()}");
        }

        script.Expect(issues.Count > 0, "the planted faults are found");
        script.Expect(site.ForbiddenRequests == 0, "robots.txt is obeyed: nothing below /private was fetched");
    }

    private async Task<JobRow> RunAsync(string template, object inputs, CancellationToken cancel, string? trace = null)
    {
        var requested = await access.App.RequestJobAsync(Request(template, inputs, trace), cancel);
        var job = await access.App.WaitForCompletionAsync(requested.Job!.Id, Poll, cancel);
        script.Say($"{template} {job.Id} {job.Status.Word()} ({job.StatusReason}) after {job.Attempts} attempt(s), trace {job.TraceId}");
        return job;
    }

    private JobRequest Request(string template, object inputs, string? trace = null) => new()
    {
        TenantId = access.Tenant,
        TemplateKey = template,
        Inputs = ToJson(inputs),
        TraceId = trace ?? NewTrace(),
        ActorId = "demo-user",
    };

    private void ExpectSucceeded(JobRow job) =>
        script.Expect(job.Status == JobStatus.Succeeded, job.Error is null ? "the job succeeded" : $"the job succeeded: {job.Error.Message}");

    private void PrintReport()
    {
        script.Step("The verification run's report");
        script.Block(_report ?? "(the run made none)");
    }

    private static string NewTrace() => TraceIds.Generate(TimeProvider.System, RandomSource.Secure);

    private static JsonElement ToJson(object value) => JsonSerializer.SerializeToElement(value, ContractJson.Options);
}
