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
            await plan.MeasureJobsAsync($"admit, {callers} callers", () => MeasureAsync(callers, 1, plan.Length(5)));
        }
    }

    public static async Task BulkAsync(BenchPlan plan)
    {
        await LimitsBench.RunAsync(plan);
        await plan.MeasureJobsAsync($"admit-bulk, 4 callers, {BatchSize} a call", () => MeasureAsync(4, BatchSize, plan.Length(5)));
    }

    private static Task<Rate> MeasureAsync(int callers, int batch, TimeSpan length) => Scratch.UseAsync(async folder =>
    {
        await using var silo = await BenchSilo.StartAsync(folder, paused: true);
        await silo.PrepareAsync();
        var meter = new RateMeter();
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))));
        return meter.Of(counts.Sum());

        async Task<long> CallAsync(int caller)
        {
            var admitted = 0L;
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                await (batch == 1 ? silo.RequestAsync(caller) : silo.RequestBatchAsync(caller, batch));
                admitted += batch;
            }

            return admitted;
        }
    });
}

/// <summary>A folder for one measurement.</summary>
public static class Scratch
{
    public static async Task<T> UseAsync<T>(Func<string, Task<T>> measure)
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-bench-");
        try
        {
            return await measure(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
