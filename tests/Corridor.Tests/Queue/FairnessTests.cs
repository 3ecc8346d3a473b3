using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Queue;

/// <summary>In what order jobs of several tenants start when there is more work than slots.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(10_000)]
    [InlineData(100)]
    public async Task A_single_job_starts_long_before_another_tenants_backlog_is_through(int readyCapacity)
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1, ReadyCapacity = readyCapacity, PageSize = readyCapacity / 2 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var backlog = await AdmitManyAsync(silo, 2_000);

        var single = await silo.AdmitAsync(silo.Request() with { TenantId = CorridorSilo.Rival });
        gate.Open();

        await silo.EndOfAsync(single);
        await silo.EndOfAsync(backlog[^1]);
        var starts = silo.Work.TakeStarts().Select(start => start.RunId).ToList();
        starts.Count.ShouldBe(2_000 + 1, "every job runs, once");
        starts.IndexOf(single.Id).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task Jobs_of_one_flow_start_in_the_order_of_their_admission_also_when_most_wait_in_the_store()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1, ReadyCapacity = 20, PageSize = 10 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var jobs = await AdmitManyAsync(silo, 200);
        gate.Open();

        foreach (var job in jobs)
        {
            await silo.EndOfAsync(job);
        }

        silo.Work.TakeStarts().Select(start => start.RunId).ShouldBe(jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_higher_priority_starts_earlier_and_a_lower_one_is_not_starved()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var low = await AdmitManyAsync(silo, 40);
        var high = await AdmitManyAsync(silo, 40, priority: 2);
        gate.Open();

        foreach (var job in low)
        {
            await silo.EndOfAsync(job);
        }

        var starts = silo.Work.TakeStarts().Select(start => start.RunId).ToList();
        var highIds = high.Select(job => job.Id).ToHashSet();
        // Weight 4 against 1: of the first thirty starts about six are of the lower priority.
        starts.Take(30).Count(id => !highIds.Contains(id)).ShouldBeInRange(4, 9);
    }

    /// <summary>Memory is full and a job's time has come: it waits for room instead of keeping the feed busy, and runs when there is some.</summary>
    [Fact]
    public async Task A_due_job_that_finds_memory_full_waits_for_room_without_spinning()
    {
        var clock = new CountingTime();
        await using var silo = await CorridorSilo.StartAsync(
            CorridorSilo.Quick with { Slots = 1, ReadyCapacity = 2, PageSize = 2, RenewEvery = TimeSpan.FromMinutes(1) },
            customize: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(services, clock));
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        await AdmitManyAsync(silo, 2);
        var due = await silo.AdmitAsync(silo.Request() with { RunAt = TimeProvider.System.GetUtcNow().AddMilliseconds(30) });
        await CorridorSilo.WaitUntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > due.RunAt));

        var before = clock.Reads;
        for (var read = 0; read < 20; read++)
        {
            (await silo.ReadAsync(due)).Status.ShouldBe(JobStatus.Queued);
        }

        (clock.Reads - before).ShouldBeLessThan(100);
        gate.Open();
        (await silo.EndOfAsync(due)).Status.ShouldBe(JobStatus.Succeeded);
    }

    private static async Task<List<JobRow>> AdmitManyAsync(CorridorSilo silo, int count, int priority = 0)
    {
        var jobs = new List<JobRow>();
        foreach (var page in Enumerable.Repeat(silo.Request() with { Priority = priority }, count).Chunk(500))
        {
            var answers = (await silo.Grains.Tenant(CorridorSilo.Acme).RequestJobs(new JobBatchSubmission(CorridorSilo.Caller, page))).Jobs;
            jobs.AddRange(answers.Select(answer => answer.Value!.Job!));
        }

        return jobs;
    }

    private sealed class CountingTime : TimeProvider
    {
        private long _reads;

        public long Reads => Interlocked.Read(ref _reads);

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _reads);
            return System.GetUtcNow();
        }
    }
}
