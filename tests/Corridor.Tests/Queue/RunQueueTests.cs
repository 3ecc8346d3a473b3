using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Execution;
using JobForge.Storage.Roles;

namespace JobForge.Corridor.Tests.Queue;

/// <summary>The part of the queue in memory: order, bounds and the frontier.</summary>
public sealed class RunQueueTests
{
    private const long Epoch = 7;

    private readonly IdSource _ids = new(TimeProvider.System, RandomSource.Seeded(5));
    private readonly Backlog _backlog = new();

    public RunQueueTests()
    {
        _backlog.Reset(Epoch);
        LookedForUnowned(found: []);
    }

    [Fact]
    public void Jobs_leave_by_ascending_tag_and_equal_tags_by_age()
    {
        var queue = new RunQueue(10, _backlog);
        var (first, second, early) = (Job(2), Job(2), Job(1));
        queue.Add([second, first, early]);

        Drain(queue).ShouldBe([early, first, second]);
    }

    [Fact]
    public void The_virtual_time_is_the_highest_tag_that_has_started()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Add([Job(7)]);
        Drain(queue);
        queue.Add([Job(3)]);
        Drain(queue);

        queue.VirtualTime.ShouldBe(7);
    }

    [Fact]
    public void Reservations_count_against_the_capacity_until_they_are_given_back()
    {
        var queue = new RunQueue(2, _backlog);
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
    public async Task While_the_store_holds_older_work_only_what_sorts_before_the_frontier_enters_directly()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Stored(1);
        await LoadAsync(queue, full: true, Job(1), Job(5));

        queue.TryReserve(5).ShouldBeTrue();
        queue.TryReserve(5.1).ShouldBeFalse();
        await LoadAsync(queue, full: false);
        queue.TryReserve(5.2).ShouldBeTrue();
    }

    [Fact]
    public async Task Once_a_job_was_sent_to_the_store_later_ones_follow_it_there_until_the_store_is_empty()
    {
        var queue = new RunQueue(1, _backlog);
        queue.Add([Job(1)]);
        queue.TryReserve(2).ShouldBeFalse();
        Drain(queue);

        // Memory is empty, but the job with tag 2 waits in the store: 3 must not overtake it.
        queue.TryReserve(3).ShouldBeFalse();
        await LoadAsync(queue, full: false, Job(2));
        Drain(queue);
        queue.TryReserve(3).ShouldBeTrue();
    }

    [Fact]
    public async Task A_job_that_was_not_yet_committed_when_its_page_was_read_is_loaded_later()
    {
        var queue = new RunQueue(1, _backlog);
        queue.Add([Job(1)]);
        queue.TryReserve(2).ShouldBeFalse();
        await LoadAsync(queue, full: false);
        _backlog.NextToLoad().ShouldBeNull("the page was empty: nothing more is known");

        queue.Stored(2);

        _backlog.NextToLoad().ShouldBe((Epoch, QueuePosition.Before(2)));
    }

    [Fact]
    public async Task What_is_noted_while_a_page_is_read_is_read_again_from_there()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Stored(1);
        var next = _backlog.NextToLoad()!.Value;
        queue.Stored(3);
        IReadOnlyList<StoredJob> page = [Job(1), Job(5)];

        _backlog.Loaded(next.Epoch, next.After, await queue.LoadAsync(() => Task.FromResult(page)), full: false);

        _backlog.NextToLoad().ShouldBe((Epoch, QueuePosition.Before(3)));
    }

    [Fact]
    public async Task A_page_does_not_bring_back_what_left_while_it_was_read()
    {
        var queue = new RunQueue(10, _backlog);
        var (runs, ends, canceled, stays) = (Job(1), Job(2), Job(3), Job(4));
        queue.Add([runs, ends, canceled]);
        queue.TryTake(out _);
        queue.TryTake(out _);

        await queue.LoadAsync(() =>
        {
            queue.Settle(ends);
            queue.Forget(canceled.Row.Id);
            return Task.FromResult<IReadOnlyList<StoredJob>>([runs, ends, canceled, stays]);
        });

        Drain(queue).ShouldBe([stays]);
        queue.Settle(runs);
        (await queue.LoadAsync(() => Task.FromResult<IReadOnlyList<StoredJob>>([]))).ShouldBeEmpty();
        Drain(queue).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_epoch_that_comes_first_in_fair_order_is_loaded_first()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Stored(5);
        _backlog.Inherit(3);

        _backlog.NextToLoad().ShouldBe((3L, QueuePosition.Start));
        await LoadAsync(queue, full: true, Job(2), Job(9));
        _backlog.NextToLoad().ShouldBe((Epoch, QueuePosition.Before(5)));
        _backlog.Forget([3]);
        _backlog.HoldsOthers.ShouldBeFalse();
    }

    [Fact]
    public void The_last_jobs_of_memory_can_be_taken_out_for_others()
    {
        var queue = new RunQueue(10, _backlog);
        var jobs = Enumerable.Range(1, 5).Select(tag => Job(tag)).ToList();
        queue.Add(jobs);

        queue.TakeLast(2).ShouldBe([jobs[4], jobs[3]]);
        queue.Count.ShouldBe(3);
        Drain(queue).ShouldBe(jobs[..3]);
    }

    [Fact]
    public async Task A_small_new_flow_gets_in_beyond_the_capacity_while_a_backlog_fills_memory_but_not_without_bound()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Stored(1);
        await LoadAsync(queue, full: true, [.. Enumerable.Range(1, 10).Select(tag => Job(tag))]);

        Enumerable.Range(0, 20).Count(_ => queue.TryReserve(1)).ShouldBe(5);
    }

    [Fact]
    public void A_forgotten_job_does_not_leave_the_queue()
    {
        var queue = new RunQueue(10, _backlog);
        var (gone, stays) = (Job(1), Job(2));
        queue.Add([gone, stays]);

        queue.Forget(gone.Row.Id);

        queue.Count.ShouldBe(1);
        Drain(queue).ShouldBe([stays]);
    }

    [Fact]
    public void A_job_that_was_forgotten_and_came_back_leaves_once_as_it_came_back()
    {
        var queue = new RunQueue(10, _backlog);
        var (before, other) = (Job(1), Job(2));
        queue.Add([before, other]);
        queue.Forget(before.Row.Id);
        var after = before with { FairTag = 3, Row = before.Row with { StatusReason = StatusReasons.Rescheduled } };
        queue.Add([after]);

        Drain(queue).ShouldBe([other, after]);
    }

    [Fact]
    public void A_job_that_is_offered_twice_leaves_once()
    {
        var queue = new RunQueue(10, _backlog);
        var job = Job(1);
        queue.Add([job]);
        queue.Add([job]);

        Drain(queue).ShouldBe([job]);
    }

    [Fact]
    public void Under_a_new_epoch_nothing_enters_directly_before_the_store_was_read()
    {
        var queue = new RunQueue(10, _backlog);
        queue.Add([Job(4)]);
        queue.Clear();
        queue.Reset(Epoch + 1);

        queue.Count.ShouldBe(0);
        queue.TryReserve(1).ShouldBeFalse();
        LookedForUnowned(found: []);
        _backlog.NextToLoad().ShouldBe((Epoch + 1, QueuePosition.Before(1)), "the refused one");
        _backlog.Loaded(Epoch + 1, QueuePosition.Before(1), [], full: false);
        queue.TryReserve(1).ShouldBeTrue();
    }

    [Fact]
    public void While_unowned_jobs_are_left_only_what_sorts_before_them_enters_directly()
    {
        var queue = new RunQueue(10, _backlog);
        _backlog.NoteUnowned();
        queue.TryReserve(9).ShouldBeTrue("a hint alone holds nobody up");
        LookedForUnowned(found: [Job(2), Job(4)]);

        queue.TryReserve(4).ShouldBeTrue();
        queue.TryReserve(5).ShouldBeFalse();
    }

    [Fact]
    public async Task An_added_job_wakes_the_waiting_pump()
    {
        var queue = new RunQueue(10, _backlog);
        var woken = queue.Changed.WaitAsync();
        woken.IsCompleted.ShouldBeFalse();

        queue.Add([Job(1)]);

        await woken.WaitAsync(Fixtures.CorridorSilo.Patience);
    }

    private async Task LoadAsync(RunQueue queue, bool full, params StoredJob[] page)
    {
        var next = _backlog.NextToLoad()!.Value;
        _backlog.Loaded(next.Epoch, next.After, await queue.LoadAsync(() => Task.FromResult<IReadOnlyList<StoredJob>>(page)), full);
    }

    private void LookedForUnowned(IReadOnlyList<StoredJob> found)
    {
        _backlog.TakeUnowned().ShouldBeTrue();
        _backlog.TookUnowned(found, full: found.Count > 0);
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
