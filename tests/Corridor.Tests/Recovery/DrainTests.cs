using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;

namespace JobForge.Corridor.Tests.Recovery;

/// <summary>A process that stops in order costs nobody an attempt.</summary>
public sealed class DrainTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_stopping_process_gives_running_attempts_back_and_the_next_process_finishes_them()
    {
        using var folder = await FurnishedAsync();
        var job = await StopWhileRunningAsync(folder, new Gate().Polite);
        folder.Count("SELECT count(*) FROM jobforge_jobs WHERE status = 'queued' AND attempts = 0 AND status_reason = 'drained' AND owner_epoch IS NULL").ShouldBe(1);

        await using var next = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Worker = "worker-2" }, folder: folder);

        (await next.EndOfAsync(job)).Attempts.ShouldBe(1);
        (await next.Read.AttemptsAsync(job.TenantId, job.Id, None)).Select(attempt => (attempt.Number, attempt.Worker, attempt.Outcome))
            .ShouldBe([(1, "worker-1", "drained"), (1, "worker-2", "succeeded")]);
    }

    [Fact]
    public async Task A_stopping_process_lets_a_handler_finish_that_needs_only_a_moment()
    {
        using var folder = await FurnishedAsync();
        var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { DrainPeriod = CorridorSilo.Patience }, folder: folder);
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();

        var stopped = silo.DisposeAsync();
        gate.Open();
        await stopped;

        folder.Count("SELECT count(*) FROM jobforge_finished_jobs WHERE status = 'succeeded'").ShouldBe(1);
    }

    [Fact]
    public async Task Jobs_that_only_waited_are_free_for_the_next_process_after_a_stop()
    {
        using var folder = await FurnishedAsync();
        var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 }, folder: folder);
        silo.Work.Body = new Gate().Polite;
        await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var waiting = await silo.AdmitAsync();
        await silo.DisposeAsync();

        await using var next = await CorridorSilo.StartAsync(folder: folder);

        (await next.EndOfAsync(waiting)).Attempts.ShouldBe(1);
        folder.Count("SELECT count(*) FROM jobforge_epochs WHERE state = 'dead'").ShouldBe(0);
    }

    /// <summary>The same attempt number runs twice; the lines of both are the run's log.</summary>
    [Fact]
    public async Task The_lines_of_a_given_back_attempt_and_of_its_repetition_are_both_kept_in_order()
    {
        using var folder = await FurnishedAsync();
        var gate = new Gate();
        var job = await StopWhileRunningAsync(folder, (context, cancel) =>
        {
            context.Log("before the stop");
            return gate.Polite(context, cancel);
        });

        await using var next = await CorridorSilo.StartAsync(folder: folder, prepare: silo => silo.Work.Body = (context, _) =>
        {
            context.Log("after the stop");
            return Task.FromResult(ScriptedHandler.Done);
        });
        await next.EndOfAsync(job);

        (await next.Read.LogsAsync(job.TenantId, job.Id, 0, 10, None)).Select(line => line.Message).ShouldBe(["before the stop", "after the stop"]);
    }

    /// <summary>A data folder with tenants and enabled templates.</summary>
    private static async Task<TempFolder> FurnishedAsync()
    {
        var folder = new TempFolder();
        await using var silo = await CorridorSilo.StartAsync(folder: folder);
        await silo.FurnishAsync();
        return folder;
    }

    private static async Task<JobRow> StopWhileRunningAsync(TempFolder folder, Func<Handlers.IJobContext, CancellationToken, Task<Handlers.HandlerResult>> body)
    {
        await using var silo = await CorridorSilo.StartAsync(folder: folder, prepare: silo => silo.Work.Body = body);
        return await silo.WaitForAsync(await silo.AdmitAsync(), row => row.Status == JobStatus.Running);
    }
}
