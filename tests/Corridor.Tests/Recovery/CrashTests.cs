using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Corridor.Tests.Fixtures;

namespace JobForge.Corridor.Tests.Recovery;

/// <summary>What a process finds that starts on the rows of one that was killed: its crash image, taken while it worked.</summary>
public sealed class CrashTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Jobs_that_waited_in_the_dead_process_run_in_the_next()
    {
        await using var dead = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        dead.Work.Body = new Gate().Polite;
        await dead.WaitForAsync(await dead.AdmitAsync(), row => row.Status == JobStatus.Running);
        var inMemory = await dead.AdmitAsync();
        var delayed = await dead.AdmitAsync(dead.Request() with { RunAt = TimeProvider.System.GetUtcNow().AddMilliseconds(100) });

        using var image = dead.Folder.CrashImage();
        await using var heir = await CorridorSilo.StartAsync(folder: image);

        (await heir.EndOfAsync(inMemory)).Status.ShouldBe(JobStatus.Succeeded);
        (await heir.EndOfAsync(delayed)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_job_that_ran_in_the_dead_process_runs_again_as_its_next_attempt()
    {
        await using var dead = await CorridorSilo.StartAsync();
        dead.Work.Body = new Gate().Polite;
        var job = await dead.WaitForAsync(await dead.AdmitAsync(), row => row.Status == JobStatus.Running);

        using var image = dead.Folder.CrashImage();
        await using var heir = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Worker = "worker-2" }, folder: image);

        (await heir.EndOfAsync(job)).Attempts.ShouldBe(2);
        (await heir.Read.AttemptsAsync(job.TenantId, job.Id, None)).Select(attempt => (attempt.Number, attempt.Worker, attempt.Outcome))
            .ShouldBe([(1, "worker-1", "lease_lost"), (2, "worker-2", "succeeded")]);
    }

    [Fact]
    public async Task A_job_that_was_on_its_last_attempt_ends_failed_with_a_sealed_manifest_and_does_not_run_again()
    {
        await using var dead = await CorridorSilo.StartAsync();
        dead.Work.Body = new Gate().Polite;
        var job = await dead.WaitForAsync(await dead.AdmitAsync(dead.Request() with { MaxAttempts = 1 }), row => row.Status == JobStatus.Running);

        using var image = dead.Folder.CrashImage();
        await using var heir = await CorridorSilo.StartAsync(folder: image);

        var ended = await heir.EndOfAsync(job);
        (ended.Status, ended.StatusReason, ended.Attempts, ended.Error!.Code).ShouldBe((JobStatus.Failed, StatusReasons.LeaseLost, 1, "lease_lost"));
        (await heir.Read.ManifestAsync(job.TenantId, job.Id, None)).ShouldNotBeNull().Status.ShouldBe(ManifestStatus.Failed);
        heir.Work.StartCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_job_that_was_asked_to_cancel_ends_canceled_and_does_not_run_again()
    {
        await using var dead = await CorridorSilo.StartAsync();
        var gate = new Gate();
        dead.Work.Body = gate.Deaf;
        var job = await dead.WaitForAsync(await dead.AdmitAsync(), row => row.Status == JobStatus.Running);
        // By SQL, since the living process would obey at once and leave nothing to take over.
        dead.Folder.Sql("UPDATE jobforge_jobs SET cancel_requested_at = updated_at");

        using var image = dead.Folder.CrashImage();
        await using var heir = await CorridorSilo.StartAsync(folder: image);

        var ended = await heir.EndOfAsync(job);
        (ended.Status, ended.StatusReason).ShouldBe((JobStatus.Canceled, StatusReasons.CanceledByActor));
        heir.Work.StartCount.ShouldBe(0);
        gate.Open();
    }

    [Fact]
    public async Task A_job_from_a_dead_process_counts_its_attempt_before_its_handler_begins()
    {
        await using var dead = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        dead.Work.Body = new Gate().Polite;
        await dead.WaitForAsync(await dead.AdmitAsync(), row => row.Status == JobStatus.Running);
        var job = await dead.AdmitAsync();

        using var image = dead.Folder.CrashImage();
        JobRow? seen = null;
        await using var heir = await CorridorSilo.StartAsync(folder: image, prepare: silo => silo.Work.Body = async (context, _) =>
        {
            if (context.RunId == job.Id)
            {
                seen = await silo.ReadAsync(job);
            }

            return ScriptedHandler.Done;
        });

        await heir.EndOfAsync(job);
        (seen!.Status, seen.Attempts).ShouldBe((JobStatus.Running, 1));
    }

    [Fact]
    public async Task A_used_key_and_a_finished_job_are_the_same_after_a_crash()
    {
        await using var dead = await CorridorSilo.StartAsync();
        var keyed = dead.Request() with { IdempotencyKey = "monday" };
        var job = await dead.EndOfAsync(await dead.AdmitAsync(keyed));

        using var image = dead.Folder.CrashImage();
        await using var heir = await CorridorSilo.StartAsync(folder: image);

        var again = (await heir.RequestAsync(keyed)).Value.ShouldNotBeNull();
        (again.Replayed, again.Job!.Id, again.Job.Status).ShouldBe((true, job.Id, JobStatus.Succeeded));
        heir.Work.StartCount.ShouldBe(0);
    }
}
