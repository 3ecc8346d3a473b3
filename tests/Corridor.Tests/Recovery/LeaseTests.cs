using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Silo.Execution;
using JobForge.Storage.Roles;

namespace JobForge.Corridor.Tests.Recovery;

/// <summary>A process that lives on after its lease was declared dead: what it did under the old epoch does not count twice.</summary>
public sealed class LeaseTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ExecutionOptions Watchful = CorridorSilo.Quick with { RenewEvery = TimeSpan.FromMilliseconds(20), SweepEvery = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public async Task A_run_whose_lease_was_lost_is_stopped_and_runs_again_under_the_new_epoch()
    {
        await using var silo = await CorridorSilo.StartAsync(Watchful);
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var job = await silo.WaitForAsync(await silo.AdmitAsync(), row => row.Status == JobStatus.Running);
        silo.Work.Body = (_, _) => Task.FromResult(ScriptedHandler.Done);

        await DeclareDeadAsync(silo);

        (await silo.EndOfAsync(job)).Attempts.ShouldBe(2);
        (await silo.Read.AttemptsAsync(job.TenantId, job.Id, None)).Select(attempt => attempt.Outcome).ShouldBe(["lease_lost", "succeeded"]);
        (await silo.EndOfAsync(await silo.AdmitAsync())).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_late_success_under_the_lost_lease_neither_ends_the_job_nor_disturbs_the_run_that_owns_it()
    {
        await using var silo = await CorridorSilo.StartAsync(Watchful with { StopGrace = CorridorSilo.Patience });
        var (job, stale, fresh) = await RunTwiceAsync(silo);

        stale.Open();
        await CorridorSilo.WaitUntilAsync(() => Task.FromResult(silo.Log.Lines.Any(line => line.Contains("lost its fence", StringComparison.Ordinal))));

        silo.Work.TakeStarts()[^1].Progress(90);
        (await silo.WaitForAsync(job, row => row.Progress!.Percent > 10)).Status.ShouldBe(JobStatus.Running);
        fresh.Open();
        var ended = await silo.EndOfAsync(job);
        (ended.Status, ended.Attempts).ShouldBe((JobStatus.Succeeded, 2));
        (await silo.Read.AttemptsAsync(job.TenantId, job.Id, None)).Select(attempt => attempt.Outcome).ShouldBe(["lease_lost", "succeeded"]);
    }

    [Fact]
    public async Task The_run_that_owns_the_job_can_still_be_canceled_after_the_stale_one_has_ended()
    {
        await using var silo = await CorridorSilo.StartAsync(Watchful with { StopGrace = CorridorSilo.Patience, SweepEvery = TimeSpan.FromMilliseconds(50) });
        var (job, stale, fresh) = await RunTwiceAsync(silo);
        stale.Open();
        await CorridorSilo.WaitUntilAsync(() => Task.FromResult(silo.Log.Lines.Any(line => line.Contains("lost its fence", StringComparison.Ordinal))));

        (await silo.CancelAsync(job)).Refusal.ShouldBeNull();

        var ended = await silo.EndOfAsync(job);
        (ended.Status, ended.Attempts).ShouldBe((JobStatus.Canceled, 2));
        fresh.Open();
    }

    [Fact]
    public async Task Jobs_that_waited_in_memory_under_the_lost_lease_run_once_each()
    {
        await using var silo = await CorridorSilo.StartAsync(Watchful with { Slots = 1 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var waiting = new List<JobRow>();
        for (var number = 0; number < 20; number++)
        {
            waiting.Add(await silo.AdmitAsync());
        }

        await DeclareDeadAsync(silo);
        gate.Open();

        foreach (var job in waiting)
        {
            (await silo.EndOfAsync(job)).Attempts.ShouldBe(1);
        }
    }

    /// <summary>Runs one job twice at once: under a lease that was lost and whose handler does not listen, and under the one that owns the job now.</summary>
    private static async Task<(JobRow Job, Gate Stale, Gate Fresh)> RunTwiceAsync(CorridorSilo silo)
    {
        var (stale, fresh) = (new Gate(), new Gate());
        silo.Work.Body = stale.Deaf;
        var job = await silo.WaitForAsync(await silo.AdmitAsync(), row => row.Status == JobStatus.Running);
        silo.Work.Body = (context, cancel) =>
        {
            context.Progress(10);
            return fresh.Polite(context, cancel);
        };
        await DeclareDeadAsync(silo);
        await silo.WaitForAsync(job, row => row is { Status: JobStatus.Running, Attempts: 2, Progress: not null });
        return (job, stale, fresh);
    }

    /// <summary>As another process does that finds the lease run out.</summary>
    private static Task DeclareDeadAsync(CorridorSilo silo) =>
        silo.Service<IEpochStore>().DeclareDeadAsync(TimeProvider.System.GetUtcNow().AddYears(1), None);
}
