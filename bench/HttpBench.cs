using System.Collections.Concurrent;
using System.Diagnostics;
using JobForge.Contracts.Ids;

namespace JobForge.Bench;

/// <summary>The same doors as over the network: a load process of its own, HTTP, the gateway, authentication, validation and all behind it.</summary>
public static class HttpBench
{
    public static async Task AdmitAsync(BenchPlan plan)
    {
        await MeasureAsync(plan, "http, single jobs, 64 callers", new LoadPlan("/v1/jobs", 64, 1));
        await MeasureAsync(plan, "http, jobs in bulk, 4 callers, 1000 a request", new LoadPlan("/v1/jobs:batch", 4, plan.Size(1_000, 10)));
        await MeasureAsync(plan, "http, events in bulk, 4 callers, 1000 a request", new LoadPlan("/v1/events", 4, plan.Size(1_000, 10)));
    }

    /// <summary>From the sending of a request in another process to the start of its handler here, at 100 jobs a second.</summary>
    public static Task LatencyAsync(BenchPlan plan) => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: false);
        await silo.PrepareAsync();
        var key = await silo.CreateKeyAsync();
        var started = new ConcurrentDictionary<JobId, long>();
        silo.Handler.Started = run => started[run] = Stopwatch.GetTimestamp();
        var load = new LoadPlan("/v1/jobs", 16, 1) { PerSecond = 100, Length = plan.Length(2) };
        var warm = await LoadProcess.RunAsync(silo.Address, key, load);
        var sent = (await LoadProcess.RunAsync(silo.Address, key, load with { Length = plan.Length(10) })).Sent;
        await silo.WaitForEndedAsync(warm.Sent.Count + sent.Count);
        // The child's own start (connections, compiling) is in its first second.
        var millis = sent.Skip(plan.Size(100, 1)).Select(job => Stopwatch.GetElapsedTime(job.At, started[new JobId(job.Id)]).TotalMilliseconds).Order().ToList();
        plan.Note(new Figure("http latency p50, request to handler start", "ms", millis[millis.Count / 2], millis[0], millis[^1]));
        plan.Note(new Figure("http latency p99, request to handler start", "ms", millis[(int)(millis.Count * 0.99)], millis[0], millis[^1]));
        return 0;
    });

    private static Task MeasureAsync(BenchPlan plan, string name, LoadPlan load) => plan.MeasureJobsAsync(name, start => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: true);
        await silo.PrepareAsync();
        var key = await silo.CreateKeyAsync();
        await LoadProcess.RunAsync(silo.Address, key, load with { Length = plan.Length(1) });
        var meter = await start();
        var result = await LoadProcess.RunAsync(silo.Address, key, load with { Length = plan.Length(5) });
        // The child's start lies within the meter's time: its own clock gives the rate, the meter the costs.
        return (await meter.StopAsync(result.Requests * load.Batch)) with { JobsPerSecond = result.Requests * load.Batch / result.Seconds };
    }));
}
