using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class HoldConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly PausedGroup Group = new("autopilot.ops.scan", Acme);

    [Fact]
    public async Task A_parked_job_loses_its_owner_and_is_in_no_queue_until_it_is_released()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));

        (await ParkAsync(job.Fence, JobHold.Paused)).ShouldBeTrue();

        var parked = await FindAsync(job);
        (parked.Hold, parked.OwnerEpoch, parked.Row.StatusReason).ShouldBe((JobHold.Paused, null, StatusReasons.Paused));
        (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldBeEmpty();
        (await Store.Queue.LeastTagAsync(None)).ShouldBeNull();
        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeFalse("its owner lost it");
        (await Store.Holds.PausedGroupsAsync(null, 10, None)).ShouldBe([Group]);
        (await Store.Holds.ReleasePausedAsync(Group, 5, Now, 10, None)).ShouldBe(1);
        var taken = (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldHaveSingleItem();
        (taken.Hold, taken.FairTag, taken.Row.StatusReason).ShouldBe((null, 6, StatusReasons.Released));
        (await Store.Holds.PausedGroupsAsync(null, 10, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_park_names_its_whole_fence_and_parks_no_running_and_no_waiting_job()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));
        var waiting = await AdmitAsync(Job() with { WaitUntil = Now.AddHours(1) });
        foreach (var wrong in (RunFence[])[job.Fence with { OwnerEpoch = epoch + 1 }, job.Fence with { Attempt = 1 }, job.Fence with { Status = JobStatus.Running }, waiting.Fence])
        {
            (await ParkAsync(wrong, JobHold.Paused)).ShouldBeFalse($"{wrong}");
        }

        await Store.Jobs.StartAsync(job.Fence, Now, None);
        (await ParkAsync((await FindAsync(job)).Fence, JobHold.Paused)).ShouldBeFalse();
    }

    [Fact]
    public async Task Paused_jobs_are_released_in_slices_in_their_order_and_behind_the_virtual_time()
    {
        var epoch = await OpenEpochAsync();
        for (var tag = 5; tag >= 1; tag--)
        {
            await AdmitAsync(Job() with { FairTag = tag, Hold = JobHold.Paused });
        }

        await AdmitAsync(Job(Other) with { Hold = JobHold.Paused });

        (await Store.Holds.PausedGroupsAsync(null, 10, None)).ShouldBe([Group, Group with { Tenant = Other }]);
        (await Store.Holds.PausedGroupsAsync(Group, 10, None)).ShouldBe([Group with { Tenant = Other }]);
        (await Store.Holds.ReleasePausedAsync(Group, 100, Now, 3, None)).ShouldBe(3);

        (await Store.Queue.TakeReadyAsync(epoch, 10, None)).Select(job => job.FairTag).ShouldBe([101, 102, 103]);
        (await Store.Holds.ReleasePausedAsync(Group, 100, Now, 3, None)).ShouldBe(2);
    }

    [Fact]
    public async Task A_rescheduled_job_leaves_its_hold()
    {
        var job = await AdmitAsync(Job() with { Hold = JobHold.Paused });
        var later = Now.AddHours(1);

        (await Store.Jobs.RescheduleAsync(job.Fence, new NewTime(later, later), Now, None)).ShouldBeTrue();

        var found = await FindAsync(job);
        (found.Hold, found.WaitUntil).ShouldBe((null, later));
    }

    [Fact]
    public async Task A_parent_gives_its_attempt_back_and_keeps_its_state_and_the_attempts_row()
    {
        var epoch = await OpenEpochAsync();
        var parent = await AdmitAsync(Job(owner: epoch));

        (await ParkParentAsync(parent)).ShouldBeTrue();

        var parked = await FindAsync(parent);
        (parked.Hold, parked.OwnerEpoch, parked.Row.Attempts, parked.Row.Status).ShouldBe((JobHold.Children, null, 0, JobStatus.Queued));
        parked.HandlerState!.Value.GetRawText().ShouldBe("""{"step":2}""");
        (await Store.Read.AttemptsAsync(Acme, parent.Row.Id, None)).ShouldHaveSingleItem().Outcome.ShouldBe("waiting_for_children");
        (await ParkParentAsync(parent)).ShouldBeFalse("the fence is lost");
        (await Store.Jobs.FinishAsync(Finished(parent), None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_parent_wakes_when_no_child_is_open_and_not_before()
    {
        var epoch = await OpenEpochAsync();
        var parent = await AdmitAsync(Job(owner: epoch));
        var (one, two) = (await ChildAsync(parent, epoch, "one"), await ChildAsync(parent, epoch, "two"));
        await ParkParentAsync(parent);
        await Store.Jobs.FinishAsync(Finished(one), None);
        (await WakeAsync(parent, epoch)).ShouldBeNull("a child is open");
        await Store.Jobs.FinishAsync(Finished(two, JobStatus.Failed), None);

        var woken = (await WakeAsync(parent, epoch)).ShouldNotBeNull();

        (woken.Hold, woken.OwnerEpoch, woken.FairTag, woken.HandlerState is null).ShouldBe((null, epoch, 7, false));
        (await WakeAsync(parent, epoch)).ShouldBeNull("it is awake");
        (await Store.Read.ChildrenAsync(Acme, parent.Row.Id, 10, None)).Select(child => (child.Name, child.Status)).ShouldBe([("one", JobStatus.Succeeded), ("two", JobStatus.Failed)]);
    }

    [Fact]
    public async Task The_sweep_over_parents_goes_on_where_it_stopped_and_wakes_for_open_epochs_only()
    {
        var epoch = await OpenEpochAsync();
        var parents = new List<StoredJob>();
        for (var i = 0; i < 3; i++)
        {
            parents.Add(await AdmitAsync(Job(owner: epoch)));
            await ParkParentAsync(parents[i]);
        }

        await ChildAsync(parents[0], epoch, "open");
        (await Store.Holds.WakeParentsAsync(null, 10, new Taker(epoch + 9, 7, Now), None)).Parents.ShouldBeEmpty("that epoch is not open");

        var first = await Store.Holds.WakeParentsAsync(null, 2, new Taker(epoch, 7, Now), None);
        var second = await Store.Holds.WakeParentsAsync(first.Next, 2, new Taker(epoch, 7, Now), None);

        first.Parents.ShouldHaveSingleItem().Row.Id.ShouldBe(parents[1].Row.Id);
        second.Parents.ShouldHaveSingleItem().Row.Id.ShouldBe(parents[2].Row.Id);
        second.Next.ShouldBeNull();
    }

    [Fact]
    public async Task The_last_child_and_its_parents_park_never_strand_the_parent_whichever_commits_first()
    {
        var epoch = await OpenEpochAsync();
        for (var round = 0; round < 20; round++)
        {
            var parent = await AdmitAsync(Job(owner: epoch));
            var child = await ChildAsync(parent, epoch, "only");
            var wakes = await Task.WhenAll(
                Task.Run(async () =>
                {
                    await ParkParentAsync(parent);
                    return await WakeAsync(parent, epoch);
                }),
                Task.Run(async () =>
                {
                    await Store.Jobs.FinishAsync(Finished(child), None);
                    return await WakeAsync(parent, epoch);
                }));

            wakes.Count(woken => woken is not null).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Expired_are_queued_jobs_past_their_time_that_are_nobodys_or_the_holders_own()
    {
        var (mine, theirs) = (await OpenEpochAsync(), await OpenEpochAsync());
        var free = await AdmitAsync(Job() with { ExpiresAt = Now.AddSeconds(1) });
        var held = await AdmitAsync(Job() with { ExpiresAt = Now.AddSeconds(2), Hold = JobHold.Paused });
        var own = await AdmitAsync(Job(owner: mine) with { ExpiresAt = Now.AddSeconds(3) });
        await AdmitAsync(Job(owner: theirs) with { ExpiresAt = Now });
        await AdmitAsync(Job(owner: mine) with { ExpiresAt = Now.AddSeconds(9) });
        var running = await AdmitAsync(Job(owner: mine) with { ExpiresAt = Now, DeadlineAt = Now.AddSeconds(4) });
        await Store.Jobs.StartAsync(running.Fence, Now, None);

        var expired = await Store.Holds.ExpiredAsync(mine, Now.AddSeconds(4), 10, None);

        expired.Select(job => job.Row.Id).ShouldBe([free.Row.Id, held.Row.Id, own.Row.Id]);
        (await FindAsync(running)).ExpiresAt.ShouldBe(Now.AddSeconds(4), "from its first start on only the deadline counts");
        (await Store.Jobs.RequeueAsync(Requeued(await FindAsync(running)), None)).ShouldBeTrue();
        (await Store.Holds.ExpiredAsync(mine, Now.AddSeconds(4), 10, None)).ShouldContain(job => job.Row.Id == running.Row.Id);
    }

    private Task<bool> ParkAsync(RunFence fence, JobHold hold) => Store.Holds.ParkAsync(new ParkedJob(fence, hold, null, Now), None);

    private Task<bool> ParkParentAsync(StoredJob parent) => Store.Holds.ParkParentAsync(
        new ParkedParent(
            parent.Fence,
            new AttemptRow(parent.Row.Id, 1, "worker-1", Now, Now, "waiting_for_children", null),
            JsonElement.Parse("""{"step":2}"""),
            Now),
        None);

    private Task<StoredJob?> WakeAsync(StoredJob parent, long epoch) => Store.Holds.WakeParentAsync(parent.Row.Id, new Taker(epoch, 7, Now), None);

    private Task<StoredJob> ChildAsync(StoredJob parent, long epoch, string name)
    {
        var job = Job(owner: epoch, key: ChildRun.KeyOf(parent.Row.Id, name));
        return AdmitAsync(job with { Row = job.Row with { ParentRunId = parent.Row.Id, Depth = 1 } });
    }
}
