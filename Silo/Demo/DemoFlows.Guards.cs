using JobForge.Client;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Policy;

namespace JobForge.Silo.Demo;

/// <summary>Refusals, dry runs, and failures: the flows in which the point is what does not happen.</summary>
public sealed partial class DemoFlows
{
    private const string Apply = "autopilot.ops.apply";

    private static readonly object Changeset = new
    {
        ChangesetId = "change-123",
        Operations = new[]
        {
            new { Op = "disable_template", TemplateKey = "autopilot.growth.seo_scan" },
            new { Op = "enable_template", TemplateKey = "autopilot.growth.seo_scan" },
        },
    };

    private async Task ActionJob(CancellationToken cancel)
    {
        await ExpectDenied(null, FrozenTexts.PolicyTokenRequired, "without a token", cancel);
        var wrong = await IssueToken("autopilot.ops.scan", "ops:read", cancel);
        await ExpectDenied(wrong, $"Token action mismatch: expected {Apply}, got autopilot.ops.scan", "with a token for another action", cancel);
        var right = await IssueToken(Apply, "ops:write", cancel);
        var admitted = await access.App.RequestJobAsync(Request(Apply, Changeset) with { PolicyToken = right }, cancel);
        var job = await access.App.WaitForCompletionAsync(admitted.Job!.Id, Poll, cancel);
        script.Say($"{Apply} {job.Id} {job.Status.Word()} ({job.StatusReason}) with token {job.PolicyTokenId}");
        ExpectSucceeded(job);
        script.Say($"change log: {job.Result?.GetProperty("change_log").GetArrayLength()} operations applied");
        await ExpectDenied(right, PolicyReasons.AlreadyUsed, "with the same token again", cancel);
    }

    private async Task DryRun(CancellationToken cancel)
    {
        var before = (await access.App.ListJobsAsync(new JobQuery { TenantId = access.Tenant, Limit = 1 }, cancel)).Items[0].Id;
        var fine = await access.App.RequestJobAsync(Request("autopilot.ops.scan", new { Target = "production" }) with { DryRun = true }, cancel);
        script.Expect(fine is { DryRun: true, WouldExecute: true, Job: null }, "a scan would execute; no job was made");
        var refused = await access.App.RequestJobAsync(Request(Apply, Changeset) with { DryRun = true }, cancel);
        script.Expect(refused.WouldExecute == false, $"the action job would not: {string.Join("; ", refused.Reasons ?? [])}");
        var after = (await access.App.ListJobsAsync(new JobQuery { TenantId = access.Tenant, Limit = 1 }, cancel)).Items[0].Id;
        script.Expect(before == after, "the tenant's newest job is the same as before");
    }

    private async Task Flaky(CancellationToken cancel)
    {
        var job = await RunAsync(DemoTemplates.Flaky, new { }, cancel);
        ExpectSucceeded(job);
        DateTimeOffset? ended = null;
        foreach (var attempt in await access.App.GetAttemptsAsync(job.Id, cancel))
        {
            var wait = ended is { } end ? $"{(attempt.StartedAt - end).TotalMilliseconds:0} ms after the last" : "at once";
            script.Say($"attempt {attempt.Number}: started {wait}, {attempt.Outcome} {attempt.Error?.Message}");
            ended = attempt.FinishedAt;
        }

        script.Expect(job.Attempts == 3, "it took three attempts, with a random backoff between them");
    }

    private async Task Broken(CancellationToken cancel)
    {
        var job = await RunAsync(DemoTemplates.Broken, new { }, cancel);
        script.Expect(job is { Status: JobStatus.Failed, Attempts: 1 }, $"failed at once: {job.Error?.Code}: {job.Error?.Message}");
        var manifest = await access.App.GetRunManifestAsync(job.Id, cancel);
        script.Expect(manifest?.Status == ManifestStatus.Failed, "its manifest is sealed as failed, with the error");
        foreach (var line in await access.App.GetLogsAsync(job.Id, cancel: cancel))
        {
            script.Say($"log: {line.Level}: {line.Message}");
        }
    }

    private async Task<string> IssueToken(string action, string scope, CancellationToken cancel) =>
        (await access.Admin.IssuePolicyTokenAsync(new PolicyTokenRequest(access.Tenant, "demo-user", action, [scope]), cancel)).PolicyToken;

    private async Task ExpectDenied(string? token, string reason, string how, CancellationToken cancel)
    {
        try
        {
            await access.App.RequestJobAsync(Request(Apply, Changeset) with { PolicyToken = token }, cancel);
            script.Expect(holds: false, $"{how}: refused");
        }
        catch (JobForgeException refused)
        {
            script.Expect(refused.Message == reason, $"{how}: refused: {refused.Message}");
        }
    }
}
