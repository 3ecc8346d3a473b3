using System.Diagnostics;

namespace JobForge.Bench;

/// <summary>Admissions a second, each answered after its commit: validation, canonical digest, policy and quota checks included, nothing running beside.</summary>
public static class AdmitBench
{
    private const int BatchSize = 1_000;

    public static async Task SingleAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        foreach (var callers in (int[])[1, 64, 512])
        {
            await plan.MeasureJobsAsync($"admit, {callers} callers", meter => MeasureAsync(plan, meter, callers, 1));
        }
    }

    public static async Task BulkAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        await plan.MeasureJobsAsync($"admit-bulk, 4 callers, {BatchSize} a call", meter => MeasureAsync(plan, meter, 4, BatchSize));
    }

    /// <summary>Events through their intake grain, in bulk.</summary>
    public static Task EventsAsync(BenchPlan plan) => plan.MeasureJobsAsync(
        $"events in bulk, 4 callers, {BatchSize} a call", meter => MeasureAsync(plan, meter, 4, BatchSize, (silo, caller) => silo.SubmitEventsAsync(caller, BatchSize)));

    private static Task<Rate> MeasureAsync(BenchPlan plan, Func<Task<RateMeter>> start, int callers, int batch) => MeasureAsync(
        plan, start, callers, batch, (silo, caller) => batch == 1 ? silo.RequestAsync(caller) : silo.RequestBatchAsync(caller, batch));

    private static Task<Rate> MeasureAsync(BenchPlan plan, Func<Task<RateMeter>> start, int callers, int batch, Func<BenchSilo, int, Task> call) => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: true);
        await silo.PrepareAsync();
        var length = plan.Length(5);
        var meter = await start();
        var begun = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))));
        return await meter.StopAsync(counts.Sum());

        async Task<long> CallAsync(int caller)
        {
            var admitted = 0L;
            while (Stopwatch.GetElapsedTime(begun) < length)
            {
                await call(silo, caller);
                admitted += batch;
            }

            return admitted;
        }
    });
}
