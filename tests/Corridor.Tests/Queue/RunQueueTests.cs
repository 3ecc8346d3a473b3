using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Execution;

namespace JobForge.Corridor.Tests.Queue;

/// <summary>The part of the queue in memory: order, bounds and the frontier.</summary>
public sealed class RunQueueTests
{
    private readonly IdSource _ids = new(TimeProvider.System, RandomSource.Seeded(5));

    [Fact]
    public void Jobs_leave_by_ascending_tag_and_equal_tags_by_age()
    {
        var queue = new RunQueue(10);
        var (first, second, early) = (Job(2), Job(2), Job(1));
        queue.Add([second, first, early], more: false);

        Drain(queue).ShouldBe([early, first, second]);
    }

    [Fact]
    public void The_virtual_time_is_the_highest_tag_that_has_started()
    {
        var queue = new RunQueue(10);
        queue.Add([Job(7)], more: false);
        Drain(queue);
        queue.Add([Job(3)], more: false);
        Drain(queue);

        queue.VirtualTime.ShouldBe(7);
    }

    [Fact]
    public void Reservations_count_against_the_capacity_until_they_are_given_back()
    {
        var queue = new RunQueue(2);
        queue.TryReserve(1).ShouldBeTrue();
        queue.Room.ShouldBe(1);
        queue.Release();
        queue.Room.ShouldBe(2);
        queue.TryReserve(1).ShouldBeTrue();
        queue.Enqueue(Job(1));
        queue.TryReserve(1).ShouldBeTrue();
        queue.Enqueue(Job(1));

        queue.TryReserve(1).ShouldBeFalse();
        queue.Room.ShouldBe(0);
    }

    [Fact]
    public void While_the_store_holds_older_work_only_what_sorts_before_the_frontier_enters_directly()
    {
        var queue = new RunQueue(10);
        queue.Add([Job(1), Job(5)], more: true);

        queue.TryReserve(5).ShouldBeTrue();
        queue.TryReserve(5.1).ShouldBeFalse();
        queue.Add([], more: false);
        queue.TryReserve(5.1).ShouldBeTrue();
    }

    [Fact]
    public void Once_a_job_was_sent_to_the_store_later_ones_follow_it_there_until_the_store_is_empty()
    {
        var queue = new RunQueue(1);
        queue.Add([Job(1)], more: false);
        queue.TryReserve(2).ShouldBeFalse();
        Drain(queue);

        // Memory is empty, but the job with tag 2 waits in the store: 3 must not overtake it.
        queue.TryReserve(3).ShouldBeFalse();
        queue.Add([Job(2)], more: false);
        Drain(queue);
        queue.TryReserve(3).ShouldBeTrue();
    }

    [Fact]
    public void A_small_new_flow_gets_in_beyond_the_capacity_while_a_backlog_fills_memory_but_not_without_bound()
    {
        var queue = new RunQueue(10);
        queue.Add([.. Enumerable.Range(1, 10).Select(tag => Job(tag))], more: true);

        Enumerable.Range(0, 20).Count(_ => queue.TryReserve(1)).ShouldBe(5);
    }

    [Fact]
    public void A_forgotten_job_does_not_leave_the_queue()
    {
        var queue = new RunQueue(10);
        var (gone, stays) = (Job(1), Job(2));
        queue.Add([gone, stays], more: false);

        queue.Forget(gone.Row.Id);

        queue.Count.ShouldBe(1);
        Drain(queue).ShouldBe([stays]);
    }

    [Fact]
    public void A_job_that_was_forgotten_and_came_back_leaves_once_as_it_came_back()
    {
        var queue = new RunQueue(10);
        var (before, other) = (Job(1), Job(2));
        queue.Add([before, other], more: false);
        queue.Forget(before.Row.Id);
        var after = before with { FairTag = 3, Row = before.Row with { StatusReason = StatusReasons.Rescheduled } };
        queue.Add([after], more: false);

        Drain(queue).ShouldBe([other, after]);
    }

    [Fact]
    public void A_job_that_is_offered_twice_leaves_once()
    {
        var queue = new RunQueue(10);
        var job = Job(1);
        queue.Add([job], more: false);
        queue.Add([job], more: null);

        Drain(queue).ShouldBe([job]);
    }

    [Fact]
    public void After_a_lost_lease_nothing_enters_directly_before_the_store_was_read()
    {
        var queue = new RunQueue(10);
        queue.Add([Job(4)], more: false);
        queue.Clear();

        queue.Count.ShouldBe(0);
        queue.TryReserve(1).ShouldBeFalse();
        queue.Add([], more: false);
        queue.TryReserve(1).ShouldBeTrue();
    }

    [Fact]
    public async Task An_added_job_wakes_the_waiting_pump()
    {
        var queue = new RunQueue(10);
        var woken = queue.Changed.WaitAsync();
        woken.IsCompleted.ShouldBeFalse();

        queue.Add([Job(1)], more: false);

        await woken.WaitAsync(Fixtures.CorridorSilo.Patience);
    }

    private static List<StoredJob> Drain(RunQueue queue)
    {
        var jobs = new List<StoredJob>();
        while (queue.TryTake(out var job))
        {
            jobs.Add(job);
        }

        return jobs;
    }

    private StoredJob Job(double tag) => new()
    {
        FairTag = tag,
        Row = new JobRow
        {
            Id = new JobId(_ids.Next()),
            TenantId = new TenantId("acme"),
            TemplateKey = "test.work",
            TemplateVersion = "1.0.0",
            Inputs = JsonElement.Parse("{}"),
            InputsDigest = "digest",
            Status = JobStatus.Queued,
            MaxAttempts = 3,
            TimeoutMs = 1_000,
            RunAt = DateTimeOffset.UnixEpoch,
            TraceId = "trace-1",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        },
    };
}
