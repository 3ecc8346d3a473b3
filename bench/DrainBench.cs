namespace JobForge.Bench;

/// <summary>
/// No-op jobs a second through their whole life: loaded from the store, started, ended, moved to history with a sealed manifest. The jobs were admitted
/// before by a process that ran nothing; the time counts from the start of the second one's parts (its store is open) to its last recorded end.
/// </summary>
public static class DrainBench
{
    private const int BatchSize = 1_000;

    public static async Task DrainAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        var jobs = plan.Size(20_000, 200);
        await plan.MeasureJobsAsync($"drain, {jobs} queued", meter => MeasureAsync(plan, meter, jobs));
    }

    public static async Task BacklogAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        foreach (var jobs in (int[])[plan.Size(20_000, 200), plan.Size(200_000, 2_000)])
        {
            await plan.MeasureJobsAsync($"backlog, {jobs} queued", meter => MeasureAsync(plan, meter, jobs));
        }
    }

    /// <summary>A million jobs, of which memory must not hold more than its share.</summary>
    public static async Task MillionAsync(BenchPlan plan)
    {
        var jobs = plan.Size(1_000_000, 5_000);
        await plan.MeasureJobsAsync($"million, {jobs} queued", meter => MeasureAsync(plan, meter, jobs));
        plan.Note(new Figure("million, greatest resident memory of this process", "MB", Peak(), 0, Peak()));
    }

    /// <summary>Admits that many, by a process that runs nothing and ends.</summary>
    public static async Task QueueAsync(BenchPlace place, int jobs)
    {
        await using var paused = await BenchSilo.StartAsync(place, paused: true);
        await paused.PrepareAsync();
        var batch = Math.Min(BatchSize, jobs);
        for (var admitted = 0; admitted < jobs; admitted += batch)
        {
            await paused.RequestBatchAsync(admitted / batch, batch);
        }
    }

    private static Task<Rate> MeasureAsync(BenchPlan plan, Func<Task<RateMeter>> start, int jobs) => plan.Store.UseAsync(async place =>
    {
        await QueueAsync(place, jobs);
        await using var silo = await BenchSilo.BuildAsync(place, paused: false);
        var meter = await start();
        await silo.StartAsync();
        await silo.WaitForEndedAsync(jobs);
        return await meter.StopAsync(jobs);
    });

    private static double Peak() => System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
}
