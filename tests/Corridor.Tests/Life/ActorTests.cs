using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;
using JobForge.Silo.Execution;

namespace JobForge.Corridor.Tests.Life;

/// <summary>What an actor can do to a job: cancel, reschedule, retry, delay.</summary>
public sealed class ActorTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ExecutionOptions OneSlot = CorridorSilo.Quick with { Slots = 1 };

    private static DateTimeOffset InAnHour => TimeProvider.System.GetUtcNow().AddHours(1);

    [Fact]
    public async Task A_canceled_delayed_job_ends_at_once_with_a_sealed_manifest_and_never_runs()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var job = await silo.AdmitAsync(silo.Request() with { RunAt = TimeProvider.System.GetUtcNow().AddMilliseconds(300) });

        var canceled = (await silo.CancelAsync(job)).Value.ShouldNotBeNull();

        (canceled.Status, canceled.StatusReason, canceled.Attempts).ShouldBe((JobStatus.Canceled, StatusReasons.CanceledByActor, 0));
        (await silo.Read.ManifestAsync(job.TenantId, job.Id, None)).ShouldNotBeNull().Status.ShouldBe(ManifestStatus.Failed);
        // A later due job has run, so the canceled one's time has passed.
        await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { RunAt = job.RunAt.AddMilliseconds(20) }));
        silo.Work.StartCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_canceled_while_it_waits_in_memory_behind_a_full_slot_never_runs()
    {
        await using var silo = await CorridorSilo.StartAsync(OneSlot);
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var waiting = await silo.AdmitAsync();
        var behind = await silo.AdmitAsync();

        (await silo.CancelAsync(waiting)).Value!.Status.ShouldBe(JobStatus.Canceled);
        gate.Open();

        await silo.EndOfAsync(behind);
        silo.Work.TakeStarts().Select(start => start.RunId).ShouldBe([behind.Id]);
    }

    [Fact]
    public async Task A_canceled_running_job_stays_canceled_although_its_handler_succeeds_afterwards()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { StopGrace = CorridorSilo.Patience });
        var (gate, told) = (new Gate(), new TaskCompletionSource());
        silo.Work.Body = (context, cancel) =>
        {
            cancel.Register(told.SetResult);
            return gate.Deaf(context, cancel);
        };
        var job = await silo.AdmitAsync();
        await silo.Work.NextStartAsync();

        var asked = (await silo.CancelAsync(job)).Value.ShouldNotBeNull();
        await told.Task.WaitAsync(CorridorSilo.Patience);
        gate.Open();

        (asked.Status, asked.StatusReason).ShouldBe((JobStatus.Running, StatusReasons.CancelRequested));
        var ended = await silo.EndOfAsync(job);
        (ended.Status, ended.StatusReason, ended.Result).ShouldBe((JobStatus.Canceled, StatusReasons.CanceledByActor, null));
    }

    [Fact]
    public async Task A_cancel_that_cannot_reach_the_handler_is_found_in_the_rows_by_the_sweep()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { SweepEvery = TimeSpan.FromMilliseconds(50) });
        silo.Work.Body = new Gate().Polite;
        var job = await silo.WaitForAsync(await silo.AdmitAsync(), row => row.Status == JobStatus.Running);

        silo.Folder.Sql("UPDATE jobforge_jobs SET cancel_requested_at = updated_at");

        (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Canceled);
    }

    [Fact]
    public async Task A_finished_job_can_be_neither_canceled_nor_rescheduled_and_only_a_failed_one_retried()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var job = await silo.EndOfAsync(await silo.AdmitAsync());

        (await silo.CancelAsync(job)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);
        (await silo.RescheduleAsync(job, InAnHour)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);
        (await RetryAsync(silo, job)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);
        (await silo.ReadAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_retry_of_a_failed_job_is_a_new_run_that_names_it()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => Task.FromResult(HandlerResult.Permanent("broken", "It broke."));
        var failed = await silo.EndOfAsync(await silo.AdmitAsync(silo.Request() with { IdempotencyKey = "monday", TraceId = "trace-7", Priority = 3 }));
        silo.Work.Body = (_, _) => Task.FromResult(ScriptedHandler.Done);

        var retry = (await RetryAsync(silo, failed)).Value!.Job.ShouldNotBeNull();

        (retry.RetryOf, retry.TraceId, retry.Priority, retry.InputsDigest).ShouldBe((failed.Id, "trace-7", 3, failed.InputsDigest));
        retry.Id.ShouldNotBe(failed.Id);
        (await silo.EndOfAsync(retry)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.ReadAsync(failed)).Status.ShouldBe(JobStatus.Failed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_queued_or_running_job_cannot_be_retried(bool running)
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = new Gate().Polite;
        var job = await silo.AdmitAsync(running ? silo.Request() : silo.Request() with { RunAt = InAnHour });
        if (running)
        {
            await silo.WaitForAsync(job, row => row.Status == JobStatus.Running);
        }

        (await RetryAsync(silo, job)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);
    }

    [Fact]
    public async Task A_delayed_job_runs_at_its_time_and_not_before()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var runAt = TimeProvider.System.GetUtcNow().AddMilliseconds(250);

        var job = await silo.AdmitAsync(silo.Request() with { RunAt = runAt });

        job.StatusReason.ShouldBe(StatusReasons.Scheduled);
        (await silo.EndOfAsync(job)).StartedAt!.Value.ShouldBeGreaterThanOrEqualTo(Timestamp.Truncate(runAt));
    }

    [Fact]
    public async Task A_delayed_job_that_is_moved_to_now_runs_now()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var job = await silo.AdmitAsync(silo.Request() with { RunAt = InAnHour });

        var moved = (await silo.RescheduleAsync(job, TimeProvider.System.GetUtcNow())).Value.ShouldNotBeNull();

        (moved.Status, moved.StatusReason).ShouldBe((JobStatus.Queued, StatusReasons.Rescheduled));
        (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_job_that_is_moved_away_while_it_waits_in_memory_does_not_run_at_its_old_place()
    {
        await using var silo = await CorridorSilo.StartAsync(OneSlot);
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var moved = await silo.AdmitAsync();
        var behind = await silo.AdmitAsync();

        (await silo.RescheduleAsync(moved, InAnHour)).Refusal.ShouldBeNull();
        gate.Open();

        await silo.EndOfAsync(behind);
        silo.Work.TakeStarts().Select(start => start.RunId).ShouldBe([behind.Id]);
        var row = await silo.ReadAsync(moved);
        (row.Status, row.StatusReason).ShouldBe((JobStatus.Queued, StatusReasons.Rescheduled));
    }

    [Fact]
    public async Task A_running_job_cannot_be_rescheduled()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = new Gate().Polite;
        var job = await silo.AdmitAsync();
        await silo.Work.NextStartAsync();

        (await silo.RescheduleAsync(job, InAnHour)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);
    }

    [Fact]
    public async Task A_job_that_is_canceled_while_it_waits_for_its_next_attempt_never_runs_again()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => Task.FromResult(HandlerResult.Retry("busy", "Busy.", TimeSpan.FromHours(1)));
        var job = await silo.WaitForAsync(await silo.AdmitAsync(), row => row.StatusReason == StatusReasons.RetryBackoff);

        (await silo.CancelAsync(job)).Value!.Status.ShouldBe(JobStatus.Canceled);

        (await silo.ReadAsync(job)).Attempts.ShouldBe(1);
        (await silo.Read.AttemptsAsync(job.TenantId, job.Id, None)).Select(attempt => attempt.Outcome).ShouldBe(["failed"]);
    }

    private static Task<Outcome<RequestJobResult>> RetryAsync(CorridorSilo silo, JobRow job) =>
        silo.Grains.Tenant(job.TenantId).RetryJob(new JobCommand(CorridorSilo.Caller, job.Id));
}
