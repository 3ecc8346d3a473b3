using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class JobLifeConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    private delegate Task<bool> Change(IStore store, RunFence fence);

    [Fact]
    public async Task Every_state_change_with_a_wrong_status_owner_or_attempt_changes_nothing()
    {
        var epoch = await OpenEpochAsync();
        foreach (var (name, change) in Changes())
        {
            foreach (var running in (bool[])[false, true])
            {
                var job = await AdmitAsync(Job(owner: epoch));
                if (running)
                {
                    (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeTrue();
                }

                var before = await FindAsync(job);
                foreach (var wrong in WrongFences(before.Fence))
                {
                    (await change(Store, wrong)).ShouldBeFalse($"{name} {wrong}");
                    (await FindAsync(job)).Fence.ShouldBe(before.Fence, name);
                    (await FindAsync(job)).Row.UpdatedAt.ShouldBe(before.Row.UpdatedAt, name);
                }

                (await Store.Read.AttemptsAsync(Acme, job.Row.Id, None)).Count.ShouldBe(running ? 1 : 0, name);
            }
        }
    }

    [Fact]
    public async Task A_start_counts_the_attempt_and_cannot_be_repeated()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));

        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeTrue();
        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeFalse();

        var row = (await FindAsync(job)).Row;
        (row.Status, row.Attempts, row.StartedAt, row.StatusReason).ShouldBe((JobStatus.Running, 1, Now, StatusReasons.Started));
        (await Store.Jobs.StartAsync((await FindAsync(job)).Fence, Now, None)).ShouldBeFalse("a running job does not start");
    }

    [Fact]
    public async Task A_finish_moves_the_row_to_history_with_its_manifest()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));

        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();

        var row = (await Store.Read.JobAsync(Acme, job.Row.Id, None))!;
        (row.Status, row.Attempts, row.FinishedAt, row.Result!.Value.GetRawText()).ShouldBe((JobStatus.Succeeded, 1, Now, """{"ok":true}"""));
        row.Inputs.GetRawText().ShouldBe(job.Row.Inputs.GetRawText());
        var manifest = (await Store.Read.ManifestAsync(Acme, job.Row.Id, None))!;
        (manifest.Status, manifest.Attempt, manifest.Metrics["duration_ms"]).ShouldBe((ManifestStatus.Complete, 1, 0.0));
        (await Store.Jobs.CountQueuedAsync(Acme, 9, None)).ShouldBe(0);
    }

    [Fact]
    public async Task Repeating_an_effective_finish_answers_true_and_another_end_is_refused()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));
        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();

        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();
        (await Store.Jobs.FinishAsync(Finished(job, JobStatus.Failed), None)).ShouldBeFalse("a terminal status is final");
        (await Store.Jobs.FinishAsync(Finished(job, attempts: 2), None)).ShouldBeFalse();
        (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme }, None)).Items.ShouldHaveSingleItem().Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_row_that_is_not_final_does_not_enter_history()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));

        await Should.ThrowAsync<StoreRejectedException>(Store.Jobs.FinishAsync(Finished(job, JobStatus.Running), None));

        (await FindAsync(job)).Row.Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task A_stale_attempt_cannot_finish_after_the_job_was_queued_again()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));
        (await Store.Jobs.RequeueAsync(Requeued(job), None)).ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(6));
        await Store.Queue.TakeDueAsync(epoch, Now, 0, 10, None);

        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeFalse();

        (await FindAsync(job)).Row.Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task A_requeued_job_waits_without_an_owner_and_keeps_its_attempts_row()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));

        (await Store.Jobs.RequeueAsync(Requeued(job), None)).ShouldBeTrue();

        var found = await FindAsync(job);
        (found.OwnerEpoch, found.WaitUntil, found.Row.RunAt, found.Row.Attempts).ShouldBe((null, Now.AddSeconds(5), Now.AddSeconds(5), 1));
        found.Row.StatusReason.ShouldBe(StatusReasons.RetryBackoff);
        var attempt = (await Store.Read.AttemptsAsync(Acme, job.Row.Id, None)).ShouldHaveSingleItem();
        attempt.ShouldBe(Requeued(job).Attempt);
    }

    [Fact]
    public async Task An_attempt_that_was_given_back_does_not_count_and_the_same_number_runs_again()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));
        (await Store.Jobs.RequeueAsync(Requeued(job, number: 1, attempts: 0), None)).ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(6));
        var taken = (await Store.Queue.TakeDueAsync(epoch, Now, 0, 10, None)).ShouldHaveSingleItem();

        (await Store.Jobs.FinishAsync(Finished(taken, attempts: 1), None)).ShouldBeTrue();

        var attempts = await Store.Read.AttemptsAsync(Acme, job.Row.Id, None);
        attempts.Select(one => (one.Number, one.Outcome)).ShouldBe([(1, "failed"), (1, "succeeded")]);
        attempts[1].Worker.ShouldBe("worker-1");
    }

    [Fact]
    public async Task A_running_jobs_attempt_is_open_and_names_its_worker()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync("worker-7")));
        await Store.Jobs.StartAsync(job.Fence, Now, None);

        var attempt = (await Store.Read.AttemptsAsync(Acme, job.Row.Id, None)).ShouldHaveSingleItem();

        attempt.ShouldBe(new AttemptRow(job.Row.Id, 1, "worker-7", Now, null, "running", null));
        (await Store.Read.ManifestAsync(Acme, job.Row.Id, None))!.Status.ShouldBe(ManifestStatus.Pending);
    }

    [Fact]
    public async Task A_cancel_request_reaches_the_owner_and_only_the_owner()
    {
        var (mine, theirs) = (await OpenEpochAsync(), await OpenEpochAsync());
        var job = await AdmitAsync(Job(owner: mine));
        await Store.Jobs.StartAsync(job.Fence, Now, None);

        (await Store.Jobs.RequestCancelAsync((await FindAsync(job)).Fence, Now, None)).ShouldBeTrue();

        (await Store.Queue.CancelRequestsAsync(mine, None)).ShouldBe([job.Row.Id]);
        (await Store.Queue.CancelRequestsAsync(theirs, None)).ShouldBeEmpty();
        (await FindAsync(job)).CancelRequestedAt.ShouldBe(Now);
    }

    [Fact]
    public async Task A_rescheduled_job_leaves_its_owner_and_waits()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));
        var later = Now.AddHours(1);

        (await Store.Jobs.RescheduleAsync(job.Fence, new NewTime(later, later), Now, None)).ShouldBeTrue();

        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeFalse("its old owner lost it");
        (await Store.Queue.NextDueAsync(None)).ShouldBe(later);
        (await Store.Queue.TakeDueAsync(epoch, Now, 0, 10, None)).ShouldBeEmpty();
        var waiting = await FindAsync(job);
        (await Store.Jobs.RescheduleAsync(waiting.Fence, new NewTime(Now, null), Now, None)).ShouldBeTrue();
        (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldHaveSingleItem().Row.RunAt.ShouldBe(Now);
    }

    [Fact]
    public async Task Progress_is_kept_while_running_and_into_history()
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync()));
        (await Store.Jobs.SaveProgressAsync(job.Fence, new JobProgress(40, "half"), Now, None)).ShouldBeTrue();
        (await FindAsync(job)).Row.Progress.ShouldBe(new JobProgress(40, "half"));

        await Store.Jobs.FinishAsync(Finished(job), None);

        (await FindAsync(job)).Row.Progress.ShouldBe(new JobProgress(40, "half"));
    }

    private (string Name, Change Act)[] Changes() =>
    [
        ("start", (store, fence) => store.Jobs.StartAsync(fence, Now.AddSeconds(1), None)),
        ("finish", (store, fence) => store.Jobs.FinishAsync(Finished(Job()) with { Fence = fence }, None)),
        ("requeue", (store, fence) => store.Jobs.RequeueAsync(Requeued(Job()) with { Fence = fence }, None)),
        ("cancel", (store, fence) => store.Jobs.RequestCancelAsync(fence, Now.AddSeconds(1), None)),
        ("reschedule", (store, fence) => store.Jobs.RescheduleAsync(fence, new NewTime(Now, null), Now.AddSeconds(1), None)),
        ("progress", (store, fence) => store.Jobs.SaveProgressAsync(fence, new JobProgress(1), Now.AddSeconds(1), None)),
    ];

    private static RunFence[] WrongFences(RunFence right) =>
    [
        right with { Status = right.Status == JobStatus.Queued ? JobStatus.Running : JobStatus.Queued },
        right with { OwnerEpoch = right.OwnerEpoch + 1 },
        right with { OwnerEpoch = null },
        right with { Attempt = right.Attempt + 1 },
    ];
}
