using System.Diagnostics;
using System.Globalization;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Hosting;

namespace JobForge.Bench;

/// <summary>A backlog drained by one process and by two that share the database, each a real process. PostgreSQL only.</summary>
public static class SharedBench
{
    public const string Name = "worker";

    public static async Task RunAsync(BenchPlan plan)
    {
        if (plan.Store is not PostgresBenchStore)
        {
            throw new InvalidOperationException("The benchmark 'shared' needs --store postgres: an embedded store serves one process.");
        }

        var jobs = plan.Size(100_000, 500);
        foreach (var processes in (int[])[1, 2])
        {
            await plan.MeasureAsync($"shared, {jobs} queued, {processes} process(es)", "jobs/s", () => MeasureAsync(plan, jobs, processes));
        }
    }

    /// <summary>The child's side: folder; the connection by its input. Prints how many jobs it has ended, whenever that changed.</summary>
    public static async Task<int> WorkAsync(IReadOnlyList<string> arguments)
    {
        // The console's own reader would read synchronously, and hold up the loop below.
        using var input = new StreamReader(Console.OpenStandardInput());
        var place = new BenchPlace(arguments[0], new StoreChoice.Postgres((await input.ReadLineAsync())!));
        await using var silo = await BenchSilo.BuildAsync(place, paused: false);
        Console.WriteLine("ready");
        await input.ReadLineAsync();
        await silo.StartAsync();
        var stop = input.ReadLineAsync();
        for (var last = 0L; !stop.IsCompleted;)
        {
            var ended = silo.Executor.Ended(JobStatus.Succeeded);
            if (ended != last)
            {
                Console.WriteLine((last = ended).ToString(CultureInfo.InvariantCulture));
            }

            await Task.WhenAny(stop, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        return 0;
    }

    private static Task<double> MeasureAsync(BenchPlan plan, int jobs, int processes) => plan.Store.UseAsync(async place =>
    {
        await DrainBench.QueueAsync(place, jobs);
        var workers = await Task.WhenAll(Enumerable.Range(0, processes).Select(index => StartAsync(place, index)));
        var ended = new long[processes];
        var all = new TaskCompletionSource();
        var start = Stopwatch.GetTimestamp();
        var readers = workers.Select((worker, index) => ReadAsync(worker, index)).ToArray();
        await Task.WhenAll(workers.Select(worker => worker.StandardInput.WriteLineAsync("go")));
        await all.Task;
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAll(workers.Select(worker => worker.StandardInput.WriteLineAsync("stop")));
        await Task.WhenAll(readers);
        await Task.WhenAll(workers.Select(worker => worker.WaitForExitAsync()));
        await plan.Output.WriteLineAsync($"  ended by each: {string.Join(", ", ended)}");
        return jobs / seconds;

        async Task ReadAsync(Process worker, int index)
        {
            while (await worker.StandardOutput.ReadLineAsync() is { } line)
            {
                if (long.TryParse(line, CultureInfo.InvariantCulture, out var count))
                {
                    Volatile.Write(ref ended[index], count);
                    if (ended.Sum() >= jobs)
                    {
                        all.TrySetResult();
                    }
                }
            }
        }
    });

    private static async Task<Process> StartAsync(BenchPlace place, int index)
    {
        var worker = Process.Start(LoadProcess.Command(Name, Path.Combine(place.Folder, $"worker-{index}")))!;
        await worker.StandardInput.WriteLineAsync(((StoreChoice.Postgres)place.Store).ConnectionString);
        while (await worker.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                return worker;
            }
        }

        throw new InvalidOperationException("The worker ended before it was ready.");
    }
}
