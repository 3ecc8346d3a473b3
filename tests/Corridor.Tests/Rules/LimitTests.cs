using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using JobForge.Tests.Shared;

namespace JobForge.Corridor.Tests.Rules;

/// <summary>The rate and the backlog of a tenant, on a clock that tests move.</summary>
public sealed class LimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CountedJobs _store = new();

    private QueuedJobs Queued => field ??= new QueuedJobs(_store, _time, new TenantId("acme"));

    [Theory]
    [InlineData(60, 0, 1)]
    [InlineData(60, 1, 0)]
    [InlineData(60, 0.5, 0.5)]
    [InlineData(6, 0, 10)]
    [InlineData(600, 0.05, 0.05)]
    public void An_empty_bucket_says_how_long_until_the_next_token(int perMinute, double elapsedSeconds, double waitSeconds)
    {
        var bucket = new TokenBucket(_time);
        bucket.Take(perMinute, perMinute).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(elapsedSeconds));

        var wait = bucket.Take(1, perMinute);

        (wait ?? TimeSpan.Zero).TotalSeconds.ShouldBe(waitSeconds, tolerance: 1e-3);
        _time.Advance((wait ?? TimeSpan.Zero) + TimeSpan.FromMilliseconds(1));
        bucket.Take(1, perMinute).ShouldBe(waitSeconds == 0 ? TimeSpan.FromMinutes(1.0 / perMinute) - TimeSpan.FromMilliseconds(1) : null);
    }

    [Fact]
    public void A_bucket_never_holds_more_than_a_minutes_worth()
    {
        var bucket = new TokenBucket(_time);
        bucket.Take(1, 10);
        _time.Advance(TimeSpan.FromDays(1));

        bucket.Take(10, 10).ShouldBeNull();
        bucket.Take(1, 10).ShouldNotBeNull();
    }

    [Fact]
    public void A_lowered_limit_holds_at_once()
    {
        var bucket = new TokenBucket(_time);
        bucket.Take(1, 1_000);

        bucket.Take(2, 2).ShouldBeNull();
        bucket.Take(1, 2).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_backlog_below_its_bound_is_counted_once_and_then_only_added_up()
    {
        _store.Queued = 90;
        for (var number = 0; number < 10; number++)
        {
            (await Queued.TryTake(100)).ShouldBeTrue();
            Queued.Settle(admitted: true);
        }

        (await Queued.TryTake(100)).ShouldBeFalse();
        _store.Counts.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_backlog_is_counted_again_at_most_once_a_second()
    {
        _store.Queued = 100;
        for (var number = 0; number < 5; number++)
        {
            (await Queued.TryTake(100)).ShouldBeFalse();
        }

        _store.Counts.ShouldBe(1);
        _store.Queued = 99;
        _time.Advance(TimeSpan.FromSeconds(1));
        (await Queued.TryTake(100)).ShouldBeTrue();
        (await Queued.TryTake(100)).ShouldBeFalse();
        _store.Counts.ShouldBe(2);
    }

    [Fact]
    public async Task Requests_that_wait_for_one_count_together_get_no_more_places_than_it_leaves()
    {
        var counting = _store.Hold();
        var takes = Enumerable.Range(0, 50).Select(_ => Queued.TryTake(10).AsTask()).ToList();
        counting.SetResult(0);

        (await Task.WhenAll(takes)).Count(taken => taken).ShouldBe(10);
        _store.Counts.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_on_its_way_to_the_store_is_not_forgotten_by_a_count_that_does_not_see_it()
    {
        (await Queued.TryTake(2)).ShouldBeTrue();
        (await Queued.TryTake(2)).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));

        (await Queued.TryTake(2)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_place_whose_job_was_not_admitted_is_free_again()
    {
        (await Queued.TryTake(1)).ShouldBeTrue();
        (await Queued.TryTake(1)).ShouldBeFalse();
        Queued.Settle(admitted: false);

        (await Queued.TryTake(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_count_that_failed_is_tried_again_by_the_next_request()
    {
        _store.Hold().SetException(new TimeoutException());
        await Should.ThrowAsync<TimeoutException>(() => Queued.TryTake(1).AsTask());

        (await Queued.TryTake(1)).ShouldBeTrue();
    }

    /// <summary>Knows nothing of jobs but how many wait.</summary>
    private sealed class CountedJobs : IJobStore
    {
        private TaskCompletionSource<int>? _held;

        public int Queued { get; set; }

        public int Counts { get; private set; }

        /// <summary>The next count waits for the test.</summary>
        public TaskCompletionSource<int> Hold() => _held = new TaskCompletionSource<int>();

        public Task<int> CountQueuedAsync(TenantId tenant, int atMost, CancellationToken cancel)
        {
            Counts++;
            var held = _held;
            _held = null;
            return held?.Task ?? Task.FromResult(Math.Min(Queued, atMost));
        }

        public Task<IReadOnlyList<Admission>> AdmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> StartAsync(RunFence fence, DateTimeOffset startedAt, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> FinishAsync(FinishedRun run, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> RequeueAsync(RequeuedRun run, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> RequestCancelAsync(RunFence fence, DateTimeOffset at, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> RescheduleAsync(RunFence fence, NewTime time, DateTimeOffset at, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<bool> SaveProgressAsync(RunFence fence, JobProgress progress, DateTimeOffset at, CancellationToken cancel) => throw new NotSupportedException();

        public Task<StoredJob?> FindAsync(TenantId tenant, JobId id, CancellationToken cancel) => throw new NotSupportedException();
    }
}
