using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

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
            (await Store.Epochs.RenewAsync(epoch, Now, Now.AddHours(1), hungry: false, None)).Alive.ShouldBeFalse();
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
    public async Task Owned_jobs_are_loaded_page_by_page_in_fair_order_and_stay_as_they_are()
    {
        var (mine, other) = (await OpenEpochAsync(), await OpenEpochAsync());
        foreach (var tag in (double[])[3, 1, 2])
        {
            await AdmitAsync(Job(owner: mine) with { FairTag = tag });
        }

        await AdmitAsync(Job(owner: other) with { FairTag = 0 });
        var first = await Store.Queue.LoadOwnedAsync(mine, mine, QueuePosition.Start, 2, None);
        var rest = await Store.Queue.LoadOwnedAsync(mine, mine, new QueuePosition(first[^1].FairTag, first[^1].Row.Id.Value), 2, None);

        first.Concat(rest).Select(job => job.FairTag).ShouldBe([1, 2, 3]);
        first.ShouldAllBe(job => job.OwnerEpoch == mine && job.HolderEpoch == mine && !job.WriteStartFirst);
        (await Store.Queue.LoadOwnedAsync(mine, mine, QueuePosition.Before(2), 9, None)).Select(job => job.FairTag).ShouldBe([2, 3]);
        (await Store.Queue.LoadOwnedAsync(mine, other, QueuePosition.Start, 9, None)).ShouldBeEmpty("another epoch holds it");
        (await Store.Queue.TakeReadyAsync(other, 9, None)).ShouldBeEmpty("they are owned");
    }

    [Fact]
    public async Task What_its_holder_gives_back_is_free_for_others()
    {
        var (mine, other) = (await OpenEpochAsync(), await OpenEpochAsync());
        var jobs = new List<StoredJob>();
        for (var tag = 1; tag <= 4; tag++)
        {
            jobs.Add(await AdmitAsync(Job(owner: mine) with { FairTag = tag }));
        }

        (await Store.Queue.GiveBackAsync([jobs[2].Fence with { HolderEpoch = other }], None)).ShouldBe(0, "only its holder may give it back");
        (await Store.Queue.GiveBackAsync([jobs[2].Fence], None)).ShouldBe(1);
        await Store.Jobs.StartAsync(jobs[0].Fence, Now, None);
        (await Store.Queue.GiveBackAsync([jobs[0].Fence, jobs[1].Fence], None)).ShouldBe(1, "the first one runs");

        (await Store.Queue.TakeReadyAsync(other, 9, None)).Select(job => job.FairTag).ShouldBe([2, 3]);
        (await FindAsync(jobs[0])).OwnerEpoch.ShouldBe(mine);
        (await Store.Jobs.FinishAsync(Finished(jobs[2]), None)).ShouldBeFalse("it has another owner now");
    }

    [Fact]
    public async Task The_least_tag_of_all_ready_jobs_and_a_tenants_last_tags_are_known()
    {
        (await Store.Queue.LeastTagAsync(None)).ShouldBeNull();
        var mine = await OpenEpochAsync();
        await AdmitAsync(Job(owner: mine) with { FairTag = 5 });
        await AdmitAsync(Job() with { FairTag = 7 });
        await AdmitAsync(Job() with { FairTag = 1, WaitUntil = Now.AddHours(1) });
        var urgent = Job() with { FairTag = 6 };
        await AdmitAsync(urgent with { Row = urgent.Row with { Priority = 3 } });

        (await Store.Queue.LeastTagAsync(None)).ShouldBe(5);
        (await Store.Queue.LastTagsAsync(Acme, 50, None)).ShouldBe(new Dictionary<int, double> { [0] = 7, [3] = 6 }, ignoreOrder: true);
        (await Store.Queue.LastTagsAsync(Other, 50, None)).ShouldBeEmpty();
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
        (await Store.Epochs.RenewAsync(live, Now, Now.AddHours(1), hungry: false, None)).ShouldBe(new Renewal(Alive: true, WorkLeft: false, HungryOthers: 0));
        Time.Advance(TimeSpan.FromSeconds(11));

        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([late]);
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([late], "as long as it owns jobs");
        (await Store.Epochs.RenewAsync(late, Now, Now.AddHours(1), hungry: false, None)).Alive.ShouldBeFalse();
    }

    [Fact]
    public async Task An_heir_loads_the_queued_jobs_and_settles_the_running_ones()
    {
        var (dead, heir) = (await OpenEpochAsync("crashed"), await OpenEpochAsync());
        var queued = await AdmitAsync(Job(owner: dead));
        var running = await StartedAsync(dead, maxAttempts: 3);
        var exhausted = await StartedAsync(dead, maxAttempts: 1);
        await DieAsync(dead, heir);
        var retryAt = Now.AddSeconds(3);

        var inheritance = await Store.Epochs.InheritAsync(dead, heir, Now, retryAt, 100, None);

        (inheritance.Held, inheritance.Requeued, inheritance.More).ShouldBe((true, 1, false));
        inheritance.Exhausted.ShouldHaveSingleItem().Fence.ShouldBe(new RunFence(exhausted.Row.Id, JobStatus.Running, dead, heir, 1));
        (await Store.Epochs.InheritAsync(dead, heir, Now, retryAt, 100, None)).Exhausted.ShouldHaveSingleItem("the answer may have been lost, so it is shown until it has ended");
        var loaded = (await Store.Queue.LoadOwnedAsync(dead, heir, QueuePosition.Start, 9, None)).ShouldHaveSingleItem();
        (loaded.Row.Id, loaded.OwnerEpoch, loaded.HolderEpoch, loaded.WriteStartFirst).ShouldBe((queued.Row.Id, dead, heir, true));
        var again = await FindAsync(running);
        (again.OwnerEpoch, again.WaitUntil, again.WriteStartFirst, again.Row.Attempts).ShouldBe((null, retryAt, true, 1));
        (again.Row.Status, again.Row.StatusReason).ShouldBe((JobStatus.Queued, StatusReasons.LeaseLost));
        var attempt = (await Store.Read.AttemptsAsync(Acme, running.Row.Id, None)).ShouldHaveSingleItem();
        (attempt.Number, attempt.Worker, attempt.Outcome, attempt.FinishedAt).ShouldBe((1, "crashed", "lease_lost", Now));
        (await Store.Jobs.FinishAsync(Finished(running with { Row = running.Row with { Attempts = 1 } }), None)).ShouldBeFalse("the dead attempt is stale");
        (await Store.Jobs.FinishAsync(Finished(inheritance.Exhausted[0], JobStatus.Failed), None)).ShouldBeTrue();
        (await Store.Epochs.RecoveredAsync(heir, None)).ShouldBeEmpty("it still owns a queued job");
        (await Store.Jobs.FinishAsync(Finished(loaded), None)).ShouldBeTrue();
        (await Store.Epochs.RecoveredAsync(heir, None)).ShouldBe([dead]);
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBeEmpty("it owns nothing more");
    }

    [Fact]
    public async Task A_former_holder_changes_nothing_any_more()
    {
        var (dead, heir) = (await OpenEpochAsync(), await OpenEpochAsync());
        var (queued, running) = (await AdmitAsync(Job(owner: dead)), await StartedAsync(dead, maxAttempts: 3));
        await DieAsync(dead, heir);
        await Store.Epochs.InheritAsync(dead, heir, Now, Now, 100, None);

        (await Store.Jobs.StartAsync(queued.Fence, Now, None)).ShouldBeFalse();
        (await Store.Jobs.FinishAsync(Finished(queued), None)).ShouldBeFalse();
        (await Store.Jobs.RequeueAsync(Requeued(queued), None)).ShouldBeFalse();
        (await Store.Jobs.SaveProgressAsync(running.Fence, new JobProgress(50), Now, None)).ShouldBeFalse();
        (await Store.Queue.GiveBackAsync([queued.Fence], None)).ShouldBe(0);
        (await Store.Queue.LoadOwnedAsync(dead, dead, QueuePosition.Start, 9, None)).ShouldBeEmpty();
        (await Store.Jobs.FinishAsync(Finished(await FindAsync(queued)), None)).ShouldBeTrue("what the row says now is the heir's");
    }

    [Fact]
    public async Task An_epoch_has_one_heir_at_a_time_and_none_while_it_lives()
    {
        var (dead, first, second) = (await OpenEpochAsync(), await OpenEpochAsync(), await OpenEpochAsync());
        for (var i = 0; i < 5; i++)
        {
            await StartedAsync(dead, maxAttempts: 3);
        }

        (await Store.Epochs.InheritAsync(dead, first, Now, Now, 2, None)).Held.ShouldBeFalse("it is alive");
        await DieAsync(dead, first, second);

        (await Store.Epochs.InheritAsync(dead, first, Now, Now, 3, None)).ShouldSatisfyAllConditions(one => one.Requeued.ShouldBe(3), one => one.More.ShouldBeTrue());
        (await Store.Epochs.InheritAsync(dead, second, Now, Now, 3, None)).Held.ShouldBeFalse("it has an heir");
        (await Store.Epochs.InheritAsync(dead, first, Now, Now, 3, None)).ShouldSatisfyAllConditions(one => one.Requeued.ShouldBe(2), one => one.More.ShouldBeFalse());
    }

    [Fact]
    public async Task What_an_heir_leaves_behind_is_inherited_again()
    {
        var (closed, heir, next) = (await OpenEpochAsync(), await OpenEpochAsync(), await OpenEpochAsync());
        var job = await AdmitAsync(Job(owner: closed));
        await Store.Epochs.CloseAsync(closed, None);
        (await Store.Epochs.RenewAsync(heir, Now, Now.AddSeconds(10), hungry: true, None)).WorkLeft.ShouldBeTrue();
        (await Store.Epochs.RenewAsync(next, Now, Now.AddSeconds(10), hungry: false, None)).HungryOthers.ShouldBe(1);
        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([closed]);
        await Store.Epochs.InheritAsync(closed, heir, Now, Now, 10, None);
        (await Store.Queue.LoadOwnedAsync(closed, heir, QueuePosition.Start, 9, None)).ShouldHaveSingleItem().WriteStartFirst.ShouldBeFalse("it was closed in order");

        await DieAsync(heir, next);

        (await Store.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([closed]);
        await Store.Epochs.InheritAsync(closed, next, Now, Now, 10, None);
        var loaded = (await Store.Queue.LoadOwnedAsync(closed, next, QueuePosition.Start, 9, None)).ShouldHaveSingleItem();
        (loaded.Row.Id, loaded.WriteStartFirst).ShouldBe((job.Row.Id, true), "the dead heir may have started it");
    }

    private async Task<StoredJob> StartedAsync(long epoch, int maxAttempts)
    {
        var job = Job(owner: epoch);
        job = await AdmitAsync(job with { Row = job.Row with { MaxAttempts = maxAttempts } });
        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeTrue();
        return await FindAsync(job);
    }

    private async Task DieAsync(long dead, params long[] others)
    {
        foreach (var other in others)
        {
            await Store.Epochs.RenewAsync(other, Now, Now.AddHours(1), hungry: false, None);
        }

        Time.Advance(TimeSpan.FromSeconds(11));
        await Store.Epochs.DeclareDeadAsync(Now, None);
        (await Store.Epochs.RenewAsync(dead, Now, Now.AddHours(1), hungry: false, None)).Alive.ShouldBeFalse();
    }
}
