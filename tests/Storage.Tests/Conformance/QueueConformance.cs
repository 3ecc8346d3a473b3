using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Tests.Conformance;

public abstract class QueueConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Ready_jobs_are_taken_once_in_fair_order()
    {
        var epoch = await OpenEpochAsync();
        foreach (var tag in (double[])[3, 1, 2])
        {
            await AdmitAsync(Job() with { FairTag = tag });
        }

        var first = await Store.Queue.TakeReadyAsync(epoch, 2, None);
        var second = await Store.Queue.TakeReadyAsync(epoch, 2, None);

        first.Concat(second).Select(job => job.FairTag).ShouldBe([1, 2, 3]);
        first.ShouldAllBe(job => job.OwnerEpoch == epoch);
        (await Store.Queue.TakeReadyAsync(epoch, 2, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Concurrent_takers_never_share_a_job()
    {
        var epochs = new[] { await OpenEpochAsync(), await OpenEpochAsync(), await OpenEpochAsync(), await OpenEpochAsync() };
        for (var i = 0; i < 100; i++)
        {
            await AdmitAsync(Job() with { FairTag = i });
        }

        var taken = await Task.WhenAll(epochs.SelectMany(epoch => Enumerable.Range(0, 10).Select(_ => Task.Run(() => Store.Queue.TakeReadyAsync(epoch, 5, None)))));

        var all = taken.SelectMany(jobs => jobs).ToArray();
        all.Length.ShouldBe(100);
        all.Select(job => job.Row.Id).Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public async Task Due_jobs_are_taken_when_their_time_has_come_and_not_before()
    {
        var epoch = await OpenEpochAsync();
        var due = Now.AddSeconds(5);
        var job = await AdmitAsync(Job() with { WaitUntil = due });
        (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldBeEmpty("a waiting job is not ready");
        (await Store.Queue.TakeDueAsync(epoch, due.AddMilliseconds(-1), 9, 10, None)).ShouldBeEmpty();
        (await Store.Queue.NextDueAsync(None)).ShouldBe(due);

        var taken = (await Store.Queue.TakeDueAsync(epoch, due, 9, 10, None)).ShouldHaveSingleItem();

        (taken.Row.Id, taken.FairTag, taken.WaitUntil, taken.OwnerEpoch).ShouldBe((job.Row.Id, 9, null, epoch));
        (await Store.Queue.NextDueAsync(None)).ShouldBeNull();
    }

    [Fact]
    public async Task An_epoch_that_is_closed_dead_or_unknown_takes_nothing()
    {
        var (closed, dead) = (await OpenEpochAsync(), await OpenEpochAsync());
        await Store.Epochs.CloseAsync(closed, None);
        await Store.Epochs.DeclareDeadAsync(Now.AddMinutes(1), None);
        await AdmitAsync(Job());
        await AdmitAsync(Job() with { WaitUntil = Now });

        foreach (var epoch in (long[])[closed, dead, 9_999])
        {
            (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldBeEmpty();
            (await Store.Queue.TakeDueAsync(epoch, Now, 0, 10, None)).ShouldBeEmpty();
            (await Store.Epochs.RenewAsync(epoch, Now.AddHours(1), None)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_job_admitted_for_an_epoch_that_ended_meanwhile_is_free_for_others()
    {
        var (ended, live) = (await OpenEpochAsync(), await OpenEpochAsync());
        await Store.Epochs.CloseAsync(ended, None);

        var job = await AdmitAsync(Job(owner: ended));

        (await Store.Queue.TakeReadyAsync(live, 10, None)).ShouldHaveSingleItem().Row.Id.ShouldBe(job.Row.Id);
    }

    [Fact]
    public async Task A_release_frees_the_queued_jobs_and_keeps_the_running_ones()
    {
        var (mine, other) = (await OpenEpochAsync(), await OpenEpochAsync());
        var queued = await AdmitAsync(Job(owner: mine));
        var running = await AdmitAsync(Job(owner: mine));
        await Store.Jobs.StartAsync(running.Fence, Now, None);

        (await Store.Queue.ReleaseAsync(mine, None)).ShouldBe(1);

        (await Store.Queue.TakeReadyAsync(other, 10, None)).ShouldHaveSingleItem().Row.Id.ShouldBe(queued.Row.Id);
        (await FindAsync(running)).OwnerEpoch.ShouldBe(mine);
    }

    [Fact]
    public async Task Epoch_numbers_only_grow()
    {
        var first = await OpenEpochAsync();
        await Store.Epochs.CloseAsync(first, None);
        var second = await OpenEpochAsync();
        second.ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task Only_an_epoch_whose_lease_ran_out_is_declared_dead_and_it_cannot_come_back()
    {
        var (late, live) = (await OpenEpochAsync(), await OpenEpochAsync());
        await AdmitAsync(Job(owner: late));
        await AdmitAsync(Job(owner: live));
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBeEmpty();
        await Store.Epochs.RenewAsync(live, Now.AddHours(1), None);
        Time.Advance(TimeSpan.FromSeconds(11));

        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([late]);
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([late], "as long as it owns jobs");
        (await Store.Epochs.RenewAsync(late, Now.AddHours(1), None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Takeover_frees_queued_jobs_requeues_running_ones_and_hands_over_the_exhausted()
    {
        var (dead, heir) = (await OpenEpochAsync("crashed"), await OpenEpochAsync());
        var queued = await AdmitAsync(Job(owner: dead));
        var running = await StartedAsync(dead, maxAttempts: 3);
        var exhausted = await StartedAsync(dead, maxAttempts: 1);
        await DieAsync(dead, heir);
        var retryAt = Now.AddSeconds(3);

        var takeOver = await Store.Epochs.TakeOverAsync(dead, heir, Now, retryAt, 100, None);

        (takeOver.Freed, takeOver.More).ShouldBe((2, false));
        takeOver.Exhausted.ShouldHaveSingleItem().Fence.ShouldBe(new RunFence(exhausted.Row.Id, JobStatus.Running, heir, 1));
        var freed = await FindAsync(queued);
        (freed.OwnerEpoch, freed.WaitUntil, freed.WriteStartFirst, freed.Row.Attempts).ShouldBe((null, null, true, 0));
        var again = await FindAsync(running);
        (again.OwnerEpoch, again.WaitUntil, again.WriteStartFirst, again.Row.Attempts).ShouldBe((null, retryAt, true, 1));
        (again.Row.Status, again.Row.StatusReason).ShouldBe((JobStatus.Queued, StatusReasons.LeaseLost));
        var attempt = (await Store.Read.AttemptsAsync(Acme, running.Row.Id, None)).ShouldHaveSingleItem();
        (attempt.Number, attempt.Worker, attempt.Outcome, attempt.FinishedAt).ShouldBe((1, "crashed", "lease_lost", Now));
        (await Store.Jobs.FinishAsync(Finished(running with { Row = running.Row with { Attempts = 1 } }), None)).ShouldBeFalse("the dead attempt is stale");
        (await Store.Jobs.FinishAsync(Finished(takeOver.Exhausted[0], JobStatus.Failed), None)).ShouldBeTrue();
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBeEmpty("it owns nothing more");
    }

    [Fact]
    public async Task Takeover_goes_in_slices_and_takes_nothing_from_the_living()
    {
        var (dead, heir) = (await OpenEpochAsync(), await OpenEpochAsync());
        for (var i = 0; i < 5; i++)
        {
            await AdmitAsync(Job(owner: dead));
        }

        (await Store.Epochs.TakeOverAsync(dead, heir, Now, Now, 2, None)).Freed.ShouldBe(0, "it is alive");
        await DieAsync(dead, heir);

        (await Store.Epochs.TakeOverAsync(dead, heir, Now, Now, 3, None)).ShouldSatisfyAllConditions(one => one.Freed.ShouldBe(3), one => one.More.ShouldBeTrue());
        (await Store.Epochs.TakeOverAsync(dead, heir, Now, Now, 3, None)).ShouldSatisfyAllConditions(one => one.Freed.ShouldBe(2), one => one.More.ShouldBeFalse());
        (await Store.Queue.TakeReadyAsync(heir, 10, None)).Count.ShouldBe(5);
    }

    [Fact]
    public async Task An_epoch_closed_while_it_still_owns_jobs_is_recovered_like_a_dead_one()
    {
        var (closed, heir) = (await OpenEpochAsync(), await OpenEpochAsync());
        await AdmitAsync(Job(owner: closed));

        await Store.Epochs.CloseAsync(closed, None);

        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([closed]);
        (await Store.Epochs.TakeOverAsync(closed, heir, Now, Now, 10, None)).Freed.ShouldBe(1);
    }

    private async Task<StoredJob> StartedAsync(long epoch, int maxAttempts)
    {
        var job = Job(owner: epoch);
        job = await AdmitAsync(job with { Row = job.Row with { MaxAttempts = maxAttempts } });
        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeTrue();
        return await FindAsync(job);
    }

    private async Task DieAsync(long dead, long heir)
    {
        await Store.Epochs.RenewAsync(heir, Now.AddHours(1), None);
        Time.Advance(TimeSpan.FromSeconds(11));
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldContain(dead);
    }
}
