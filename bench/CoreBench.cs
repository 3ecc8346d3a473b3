using JobForge.Contracts.Ids;

namespace JobForge.Bench;

/// <summary>
/// The corridor's own processor time: admission and drain through the real composition, engine, grains and execution host, over job rows in memory
/// (<see cref="MemoryJobs"/>). The first round of a phase is what a fresh process pays; the others are compiled code. What the store double itself costs is
/// measured beside, to be taken off.
/// </summary>
public static class CoreBench
{
    private const int Rounds = 5;
    private const int BatchSize = 1_000;

    public static async Task RunAsync(BenchPlan plan)
    {
        await plan.Store.UseAsync(async place =>
        {
            await DoubleAsync(plan);
            await AdmitAsync(plan, place);
            await DrainAsync(plan, place);
            return 0;
        });
    }

    private static async Task DoubleAsync(BenchPlan plan)
    {
        using var jobs = new MemoryJobs();
        await MeasureAsync(plan, "the double alone, 64 callers", plan.Size(100_000, 200), count => EachAsync(64, count, _ => jobs.AdmitAsync([], CancellationToken.None)));
    }

    private static async Task AdmitAsync(BenchPlan plan, BenchPlace place)
    {
        using var jobs = new MemoryJobs();
        await using var silo = await BenchSilo.StartAsync(place, paused: true, jobs);
        await silo.PrepareAsync();
        await MeasureAsync(plan, "admit, 64 callers", plan.Size(60_000, 200), count => EachAsync(64, count, silo.RequestAsync));
        await MeasureAsync(plan, $"admit-bulk, 4 callers, {BatchSize} a call", plan.Size(100_000, 4_000), count =>
            EachAsync(4, count / BatchSize, caller => silo.RequestBatchAsync(caller, BatchSize)));
    }

    private static async Task DrainAsync(BenchPlan plan, BenchPlace place)
    {
        using var jobs = new MemoryJobs();
        await using var silo = await BenchSilo.StartAsync(place, paused: false, jobs);
        var ids = new IdSource(TimeProvider.System, RandomSource.Secure);
        var ended = 0L;
        await MeasureAsync(plan, "drain", plan.Size(100_000, 200), async count =>
        {
            silo.Host.Notice(due: null);
            await silo.WaitForEndedAsync(ended += count);
        }, count => Enumerable.Range(0, count).ToList().ForEach(index => jobs.Queue(silo.Row(index, ids))));
    }

    private static async Task MeasureAsync(BenchPlan plan, string name, int count, Func<int, Task> run, Action<int>? prepare = null)
    {
        var (costs, bytes, pauses) = (new List<double>(), 0L, 0.0);
        for (var round = 0; round < plan.Size(Rounds, 1); round++)
        {
            prepare?.Invoke(count);
            // Twice: what was prepared is then old, as a long-lived queue is, and no collection of the round moves it.
            GC.Collect();
            GC.Collect();
            bytes = GC.GetTotalAllocatedBytes();
            pauses = GC.GetTotalPauseDuration().TotalMicroseconds;
            var meter = await RateMeter.StartAsync(plan.Store);
            await run(count);
            costs.Add((await meter.StopAsync(count)).MicrosPerJob);
            pauses = GC.GetTotalPauseDuration().TotalMicroseconds - pauses;
            bytes = GC.GetTotalAllocatedBytes() - bytes;
        }

        var warm = costs.Skip(costs.Count > 1 ? 2 : 0).Order().ToList();
        plan.Note(new Figure(name, "us/job", warm[warm.Count / 2], warm[0], warm[^1]));
        plan.Note(new Figure($"{name}, fresh process", "us/job", costs[0], costs[0], costs[0]));
        plan.Note(new Figure($"{name}, of it collecting garbage", "us/job", pauses / count, pauses / count, pauses / count));
        plan.Note(new Figure($"{name}, garbage", "bytes/job", (double)bytes / count, (double)bytes / count, (double)bytes / count));
    }

    private static Task EachAsync(int callers, int count, Func<int, Task> call) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
    {
        for (var done = caller; done < count; done += callers)
        {
            await call(caller);
        }
    })));
}
