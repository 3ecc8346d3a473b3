using System.Diagnostics;
using JobForge.Contracts.Jobs;

namespace JobForge.Bench;

/// <summary>Admit to completed, 512 callers at once, a minute long: does the rate hold, and does the queue's table stay small?</summary>
public static class SustainedBench
{
    private const int Callers = 512;
    private const int Windows = 12;

    public static Task RunAsync(BenchPlan plan) => plan.Store.UseAsync(async place =>
    {
        await using var silo = await BenchSilo.StartAsync(place, paused: false);
        await silo.PrepareAsync();
        var window = plan.Length(5);
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await silo.RequestAsync(caller);
            }
        })).ToArray();
        var meter = await RateMeter.StartAsync(plan.Store);
        var before = silo.Executor.Ended(JobStatus.Succeeded);
        var rates = new List<double>();
        for (var index = 0; index < Windows; index++)
        {
            rates.Add(await WindowAsync(plan, silo, place, window, index));
        }

        var rate = await meter.StopAsync(silo.Executor.Ended(JobStatus.Succeeded) - before);
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        plan.Note(new Figure($"sustained, {Callers} callers, admitted to completed", "jobs/s", rate.JobsPerSecond, rates.Min(), rates.Max()));
        plan.Note(new Figure("sustained, last third against first", "ratio", rates.Skip(8).Average() / rates.Take(4).Average(), 0, 0));
        plan.Note(new Figure("sustained, processor time", "us/job", rate.MicrosPerJob, 0, 0));
        plan.Note(new Figure("sustained, the server's", "us/job", rate.ServerMicrosPerJob, 0, 0));
        plan.Note(new Figure("sustained, log written", "bytes/job", rate.WalBytesPerJob, 0, 0));
        plan.Note(new Figure("sustained, flushes", "per 1,000 jobs", 1_000 * rate.FlushesPerJob, 0, 0));
        return 0;
    });

    private static async Task<double> WindowAsync(BenchPlan plan, BenchSilo silo, BenchPlace place, TimeSpan window, int index)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), silo.Executor.Ended(JobStatus.Succeeded));
        await Task.Delay(window, TimeProvider.System);
        var rate = (silo.Executor.Ended(JobStatus.Succeeded) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var table = plan.Store is PostgresBenchStore postgres ? await postgres.AskAsync(place, "SELECT pg_total_relation_size('jobforge_jobs') / 1e6") : 0;
        var memory = Environment.WorkingSet / 1e6;
        await plan.Output.WriteLineAsync(
            $"  window {index + 1,2}: {rate,9:N0} jobs/s, waiting {silo.Host.Waiting,6}, queue's table {table,7:N1} MB, resident {memory,5:N0} MB");
        return rate;
    }
}
