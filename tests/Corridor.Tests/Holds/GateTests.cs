using JobForge.Contracts.Access;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;

namespace JobForge.Corridor.Tests.Holds;

/// <summary>Concurrency and rate limits. The sweep is a minute away, so gates open on hints.</summary>
public sealed class GateTests
{
    [Fact]
    public async Task Jobs_of_one_key_run_one_at_a_time_in_order_and_all_run_while_others_pass_them()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var crowd = new Crowd();
        silo.Work.Body = crowd.Body;
        var jobs = new List<JobRow>();
        for (var i = 0; i < 12; i++)
        {
            jobs.Add(await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("printer") }));
        }

        var free = await silo.AdmitAsync(silo.Request(TestTemplates.Autopilot));

        (await silo.EndOfAsync(free)).Status.ShouldBe(JobStatus.Succeeded);
        foreach (var job in jobs)
        {
            (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
        }

        crowd.Most.ShouldBe(1);
        silo.Work.TakeStarts().Select(start => start.RunId).ShouldBe(jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_tenants_limit_holds_over_all_its_jobs_and_over_no_other_tenants()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await LimitAsync(silo, maxRunning: 2);
        var crowd = new Crowd();
        silo.Work.Body = crowd.Body;
        var jobs = new List<JobRow>();
        for (var i = 0; i < 10; i++)
        {
            jobs.Add(await silo.AdmitAsync(silo.Request() with { Limit = i % 2 == 0 ? null : new JobLimit($"key-{i}", 5) }));
        }

        (await silo.EndOfAsync(await silo.AdmitAsync(silo.Request(TestTemplates.Autopilot) with { TenantId = CorridorSilo.Rival }))).Status.ShouldBe(JobStatus.Succeeded);
        foreach (var job in jobs)
        {
            (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
        }

        crowd.Most.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_limit_set_later_holds_for_what_waits_already_and_its_removal_frees_them()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 2 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        await silo.Work.NextStartAsync();
        var waiting = new List<JobRow> { await silo.AdmitAsync(), await silo.AdmitAsync(), await silo.AdmitAsync() };
        await LimitAsync(silo, maxRunning: 1);
        var second = new Gate();
        silo.Work.Body = second.Polite;

        gate.Open();

        await silo.Work.NextStartAsync();
        await silo.WaitForAsync(waiting[2], row => row.StatusReason == StatusReasons.Limited);
        silo.Work.StartCount.ShouldBe(3);
        await LimitAsync(silo, maxRunning: 0);
        await silo.Work.NextStartAsync();
        second.Open();
        foreach (var job in waiting)
        {
            (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
        }
    }

    [Fact]
    public async Task A_rate_spreads_starts_over_time()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var jobs = new List<JobRow>();
        for (var i = 0; i < 4; i++)
        {
            jobs.Add(await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("mails", 10, 600) }));
        }

        foreach (var job in jobs)
        {
            await silo.EndOfAsync(job);
        }

        // Ten may go at once, then one each tenth of a second; the first second's worth is there from the start.
        silo.Work.StartCount.ShouldBe(4);
        var slow = new List<JobRow>();
        for (var i = 0; i < 3; i++)
        {
            slow.Add(await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("letters", 10, 240) }));
        }

        var rows = new List<JobRow>();
        foreach (var job in slow)
        {
            rows.Add(await silo.EndOfAsync(job));
        }

        (rows[2].StartedAt!.Value - rows[0].StartedAt!.Value).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_retry_stands_before_its_gate_again_and_does_not_overtake_the_limit()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var crowd = new Crowd();
        silo.Work.Body = async (context, cancel) =>
        {
            var done = await crowd.Body(context, cancel);
            return context.Attempt < 3 ? HandlerResult.Retry("again", "Again.") : done;
        };
        var jobs = new List<JobRow>();
        for (var i = 0; i < 5; i++)
        {
            jobs.Add(await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("printer") }));
        }

        foreach (var job in jobs)
        {
            (await silo.EndOfAsync(job)).Attempts.ShouldBe(3);
        }

        crowd.Most.ShouldBe(1);
    }

    [Fact]
    public async Task The_sweep_opens_a_gate_that_no_hint_named()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { SweepEvery = TimeSpan.FromMilliseconds(50) });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var running = await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("printer") });
        await silo.Work.NextStartAsync();
        var waiting = await silo.AdmitAsync(silo.Request() with { Limit = new JobLimit("printer") });
        // What an operator's hand does, nobody is told of.
        silo.Folder.Sql($"UPDATE jobforge_jobs SET options = NULL, gate_key = 'other' WHERE hold = 'limit'").ShouldBe(1);

        await silo.Work.NextStartAsync();

        gate.Open();
        (await silo.EndOfAsync(waiting)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.EndOfAsync(running)).Status.ShouldBe(JobStatus.Succeeded);
    }

    private static async Task LimitAsync(CorridorSilo silo, int maxRunning) =>
        (await silo.Grains.Registry().PutTenant(new TenantChange(CorridorSilo.Caller, new TenantRequest(CorridorSilo.Acme, null, null, null) { MaxRunning = maxRunning }))).Refusal.ShouldBeNull();

    /// <summary>Notes how many handlers were inside at once; each yields a few times, so that others get their chance.</summary>
    private sealed class Crowd
    {
        private int _inside;
        private int _most;

        public int Most => Volatile.Read(ref _most);

        public async Task<HandlerResult> Body(IJobContext context, CancellationToken cancel)
        {
            var inside = Interlocked.Increment(ref _inside);
            InterlockedMax(inside);
            for (var i = 0; i < 20; i++)
            {
                await Task.Yield();
            }

            Interlocked.Decrement(ref _inside);
            return ScriptedHandler.Done;
        }

        private void InterlockedMax(int inside)
        {
            int most;
            while (inside > (most = Volatile.Read(ref _most)) && Interlocked.CompareExchange(ref _most, inside, most) != most)
            {
            }
        }
    }
}
