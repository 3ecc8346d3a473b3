using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Handlers;
using JobForge.Storage.Roles;

namespace JobForge.Corridor.Tests.Life;

/// <summary>A job from its admission to its one end, as its row, attempts, lines and manifest tell it.</summary>
public sealed class LifeTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_success_leaves_its_result_its_lines_in_order_and_a_sealed_manifest_of_what_it_wrote()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var content = Encoding.UTF8.GetBytes("""{"pages":12}""");
        silo.Work.Body = async (context, cancel) =>
        {
            context.Log("one");
            context.Log("two", RunLogLevel.Warning);
            context.Metric("pages_crawled", 12);
            await context.WriteArtifactAsync("scan.json", "json", "application/json", content, cancel);
            context.Log("three");
            return HandlerResult.Success(JsonElement.Parse("""{"pages":12}"""));
        };

        var job = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { ProjectId = "site", TraceId = "trace-7", ActorId = "ada" }));

        (job.Status, job.StatusReason, job.Attempts).ShouldBe((JobStatus.Succeeded, StatusReasons.Completed, 1));
        job.Result!.Value.GetProperty("pages").GetInt32().ShouldBe(12);
        job.FinishedAt.ShouldNotBeNull();
        (await silo.Read.LogsAsync(job.TenantId, job.Id, 0, 100, None)).Select(line => (line.Level, line.Message))
            .ShouldBe([("info", "one"), ("warning", "two"), ("info", "three")]);
        (await silo.Read.AttemptsAsync(job.TenantId, job.Id, None)).ShouldHaveSingleItem().Outcome.ShouldBe("succeeded");

        var manifest = (await silo.Read.ManifestAsync(job.TenantId, job.Id, None)).ShouldNotBeNull();
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        (manifest.Status, manifest.Attempt, manifest.TraceId, manifest.ProjectId, manifest.InputsDigest)
            .ShouldBe((ManifestStatus.Complete, 1, "trace-7", "site", job.InputsDigest));
        manifest.Metrics["pages_crawled"].ShouldBe(12);
        manifest.Metrics["duration_ms"].ShouldBeGreaterThanOrEqualTo(0);
        var output = manifest.Outputs.ShouldHaveSingleItem();
        (output.Name, output.Size, output.Checksum, output.MimeType).ShouldBe(("scan.json", content.Length, $"sha256:{digest}", "application/json"));
        await using var stored = silo.Service<IArtifactStore>().OpenRead(digest).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await stored.CopyToAsync(copy);
        copy.ToArray().ShouldBe(content);
    }

    [Fact]
    public async Task Progress_and_lines_are_readable_while_the_handler_still_works()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var gate = new Gate();
        silo.Work.Body = (context, cancel) =>
        {
            context.Log("half way");
            context.Progress(50, "half way");
            return gate.Polite(context, cancel);
        };

        var job = await silo.AdmitAsync();

        var running = await silo.WaitForAsync(job, row => row.Progress is not null);
        (running.Status, running.Attempts, running.Progress).ShouldBe((JobStatus.Running, 1, new JobProgress(50, "half way")));
        (await silo.Read.LogsAsync(job.TenantId, job.Id, 0, 100, None)).ShouldHaveSingleItem().Message.ShouldBe("half way");
        (await silo.Read.ManifestAsync(job.TenantId, job.Id, None)).ShouldNotBeNull().Status.ShouldBe(ManifestStatus.Pending);
        gate.Open();
        (await silo.EndOfAsync(job)).Progress.ShouldBe(new JobProgress(50, "half way"));
    }

    [Fact]
    public async Task A_job_that_fails_twice_and_then_succeeds_shows_three_attempts_one_after_another()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (context, _) => Task.FromResult(
            context.Attempt < 3 ? HandlerResult.Retry("away", $"away {context.Attempt}") : ScriptedHandler.Done);

        var job = await silo.EndOfAsync(await silo.AdmitAsync());

        (job.Status, job.Attempts).ShouldBe((JobStatus.Succeeded, 3));
        var attempts = await silo.Read.AttemptsAsync(job.TenantId, job.Id, None);
        attempts.Select(attempt => (attempt.Number, attempt.Outcome, attempt.Worker, attempt.Error?.Message)).ShouldBe(
        [
            (1, "failed", "worker-1", "away 1"),
            (2, "failed", "worker-1", "away 2"),
            (3, "succeeded", "worker-1", null),
        ]);
        attempts.Zip(attempts.Skip(1)).ShouldAllBe(pair => pair.First.FinishedAt <= pair.Second.StartedAt);
    }

    [Theory]
    [InlineData(true, 3, StatusReasons.AttemptsExhausted)]
    [InlineData(false, 1, StatusReasons.PermanentError)]
    public async Task A_job_that_only_fails_ends_failed_after_its_last_attempt(bool retryable, int attempts, string reason)
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => Task.FromResult(retryable ? HandlerResult.Retry("broken", "It broke.") : HandlerResult.Permanent("broken", "It broke."));

        var job = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { MaxAttempts = 3 }));

        (job.Status, job.StatusReason, job.Attempts, job.Error).ShouldBe((JobStatus.Failed, reason, attempts, new JobError("broken", "It broke.")));
        silo.Work.StartCount.ShouldBe(attempts);
        var manifest = (await silo.Read.ManifestAsync(job.TenantId, job.Id, None)).ShouldNotBeNull();
        (manifest.Status, manifest.Error!.Value.GetProperty("code").GetString()).ShouldBe((ManifestStatus.Failed, "broken"));
    }

    [Fact]
    public async Task A_handlers_retry_after_is_the_least_that_its_next_attempt_waits()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var after = TimeSpan.FromMilliseconds(300);
        silo.Work.Body = (context, _) => Task.FromResult(context.Attempt == 1 ? HandlerResult.Retry("busy", "Busy.", after) : ScriptedHandler.Done);

        var job = await silo.EndOfAsync(await silo.AdmitAsync());

        var attempts = await silo.Read.AttemptsAsync(job.TenantId, job.Id, None);
        (attempts[1].StartedAt - attempts[0].FinishedAt!.Value).ShouldBeGreaterThanOrEqualTo(after);
    }

    [Fact]
    public async Task A_timeout_cancels_the_handlers_token_and_ends_the_job_timed_out()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var canceled = new TaskCompletionSource();
        silo.Work.Body = (context, cancel) =>
        {
            cancel.Register(canceled.SetResult);
            return new Gate().Polite(context, cancel);
        };

        var job = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { TimeoutMs = 50, MaxAttempts = 1 }));

        (job.Status, job.StatusReason, job.Error!.Code).ShouldBe((JobStatus.Failed, StatusReasons.TimedOut, "timed_out"));
        await canceled.Task.WaitAsync(CorridorSilo.Patience);
        (await silo.Read.AttemptsAsync(job.TenantId, job.Id, None)).ShouldHaveSingleItem().Outcome.ShouldBe("timed_out");
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_is_left_behind_and_its_late_result_changes_nothing()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        var gate = new Gate();
        silo.Work.Body = gate.Deaf;
        var job = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { TimeoutMs = 30, MaxAttempts = 1 }));

        (job.Status, job.StatusReason).ShouldBe((JobStatus.Failed, StatusReasons.TimedOut));
        silo.Work.Body = (_, _) => Task.FromResult(ScriptedHandler.Done);
        gate.Open();
        // The one slot is free again although the handler had not ended.
        (await silo.EndOfAsync(await silo.AdmitAsync())).Status.ShouldBe(JobStatus.Succeeded);
        JsonSerializer.Serialize(await silo.ReadAsync(job)).ShouldBe(JsonSerializer.Serialize(job));
    }

    [Fact]
    public async Task A_handler_that_throws_counts_as_a_failed_attempt_and_harms_nobody_else()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => throw new InvalidDataException("The page was no page.");
        var job = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { MaxAttempts = 2 }));

        (job.Status, job.StatusReason, job.Attempts).ShouldBe((JobStatus.Failed, StatusReasons.AttemptsExhausted, 2));
        job.Error.ShouldBe(new JobError("handler_error", "InvalidDataException: The page was no page."));
        (await silo.Read.LogsAsync(job.TenantId, job.Id, 0, 10, None)).Select(line => (line.Attempt, line.Level)).ShouldBe([(1, "error"), (2, "error")]);
        silo.Work.Body = (_, _) => Task.FromResult(ScriptedHandler.Done);
        (await silo.EndOfAsync(await silo.AdmitAsync())).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_result_of_more_than_a_mebibyte_fails_the_job_instead_of_filling_its_row()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => Task.FromResult(HandlerResult.Success(JsonSerializer.SerializeToElement(new string('x', 1024 * 1024))));

        var job = await silo.EndOfAsync(await silo.AdmitAsync());

        (job.Status, job.StatusReason, job.Error!.Code).ShouldBe((JobStatus.Failed, StatusReasons.PermanentError, "result_too_large"));
    }
}
