using System.Collections.Concurrent;
using System.Diagnostics;
using JobForge.Contracts.Ids;

namespace JobForge.Bench;

/// <summary>From the call of requestJob to the start of its handler, at a light load of 100 jobs a second.</summary>
public static class LatencyBench
{
    private const int PerSecond = 100;

    public static Task RunAsync(BenchPlan plan) => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: false);
        await silo.PrepareAsync();
        await LoadAsync(silo, plan.Size(200, 20));
        var millis = await LoadAsync(silo, plan.Size(1_000, 50));
        plan.Note(new Figure("latency p50, request to handler start", "ms", At(millis, 0.50), millis[0], millis[^1]));
        plan.Note(new Figure("latency p99, request to handler start", "ms", At(millis, 0.99), millis[0], millis[^1]));
        return 0;
    });

    /// <summary>Sorted milliseconds.</summary>
    private static async Task<List<double>> LoadAsync(BenchSilo silo, int jobs)
    {
        var started = new ConcurrentDictionary<JobId, long>();
        silo.Handler.Started = run => started[run] = Stopwatch.GetTimestamp();
        var before = silo.Executor.Ended(Contracts.Jobs.JobStatus.Succeeded);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var requests = new List<Task<(JobId Id, long At)>>();
        for (var job = 0; job < jobs && await timer.WaitForNextTickAsync(); job++)
        {
            requests.Add(RequestAsync(silo, job));
        }

        var requested = await Task.WhenAll(requests);
        await silo.WaitForEndedAsync(before + jobs);
        return [.. requested.Select(request => Stopwatch.GetElapsedTime(request.At, started[request.Id]).TotalMilliseconds).Order()];
    }

    private static async Task<(JobId Id, long At)> RequestAsync(BenchSilo silo, int job)
    {
        var at = Stopwatch.GetTimestamp();
        return (await silo.RequestAsync(job), at);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
