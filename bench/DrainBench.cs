namespace JobForge.Bench;

/// <summary>
/// No-op jobs a second through their whole life: taken from the store, started, ended, moved to history with a sealed manifest. The jobs were admitted
/// before by a process that ran nothing; the time counts from the start of the second one's host to its last recorded end.
/// </summary>
public static class DrainBench
{
    private const int BatchSize = 1_000;

    public static async Task DrainAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        var jobs = plan.Size(20_000, 200);
        await plan.MeasureJobsAsync($"drain, {jobs} queued", () => MeasureAsync(jobs));
    }

    public static async Task BacklogAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        foreach (var jobs in (int[])[plan.Size(20_000, 200), plan.Size(200_000, 2_000)])
        {
            await plan.MeasureJobsAsync($"backlog, {jobs} queued", () => MeasureAsync(jobs));
        }
    }

    private static Task<Rate> MeasureAsync(int jobs) => Scratch.UseAsync(async folder =>
    {
        await using (var paused = await BenchSilo.StartAsync(folder, paused: true))
        {
            await paused.PrepareAsync();
            var batch = Math.Min(BatchSize, jobs);
            for (var admitted = 0; admitted < jobs; admitted += batch)
            {
                await paused.RequestBatchAsync(admitted / batch, batch);
            }
        }

        var meter = new RateMeter();
        await using var silo = await BenchSilo.StartAsync(folder, paused: false);
        await silo.WaitForEndedAsync(jobs);
        return meter.Of(jobs);
    });
}
