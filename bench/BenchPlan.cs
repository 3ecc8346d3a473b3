using System.Text.Json;

namespace JobForge.Bench;

/// <summary>How big to measure, and what came out.</summary>
public sealed class BenchPlan(BenchStore store, bool smoke, int runs, TextWriter output)
{
    private readonly List<Figure> _figures = [];

    public TextWriter Output => output;

    public BenchStore Store => store;

    /// <summary>The size in a real run, or a tiny one in a smoke run.</summary>
    public int Size(int full, int tiny) => smoke ? tiny : full;

    public TimeSpan Length(double seconds) => TimeSpan.FromSeconds(smoke ? 0.2 : seconds);

    /// <summary>Measures once unseen, so that compiled code is compared with compiled code, then repeats and prints median, least and greatest.</summary>
    public async Task MeasureAsync(string name, string unit, Func<Task<double>> measure)
    {
        var values = new List<double>();
        if (!smoke)
        {
            await measure();
        }

        for (var run = 0; run < (smoke ? 1 : runs); run++)
        {
            values.Add(await measure());
        }

        values.Sort();
        Note(new Figure(name, unit, values[values.Count / 2], values[0], values[^1]));
    }

    /// <summary>The same for jobs: their rate, and what one costs this process and the store's server, which a busy machine disturbs less.</summary>
    /// <param name="measure">Gets a meter that counts from its making on; made again where the measured part begins.</param>
    public async Task MeasureJobsAsync(string name, Func<Func<Task<RateMeter>>, Task<Rate>> measure)
    {
        var rates = new List<Rate>();
        await MeasureAsync(name, "jobs/s", async () =>
        {
            rates.Add(await measure(() => RateMeter.StartAsync(store)));
            return rates[^1].JobsPerSecond;
        });
        if (!smoke)
        {
            rates.RemoveAt(0);
        }

        NoteCost($"{name}, processor time", "us/job", rates, rate => rate.MicrosPerJob);
        if (store.Name != "sqlite")
        {
            NoteCost($"{name}, the server's", "us/job", rates, rate => rate.ServerMicrosPerJob);
            NoteCost($"{name}, log written", "bytes/job", rates, rate => rate.WalBytesPerJob);
            NoteCost($"{name}, flushes", "per 1,000 jobs", rates, rate => 1_000 * rate.FlushesPerJob);
            NoteCost($"{name}, transactions", "per 1,000 jobs", rates, rate => 1_000 * rate.TransactionsPerJob);
        }
    }

    private void NoteCost(string name, string unit, List<Rate> rates, Func<Rate, double> cost)
    {
        var costs = rates.Select(cost).Order().ToList();
        Note(new Figure(name, unit, costs[costs.Count / 2], costs[0], costs[^1]));
    }

    public void Note(Figure figure)
    {
        _figures.Add(figure);
        output.WriteLine($"{figure.Name,-52} {figure.Median,12:N2} {figure.Unit,-10} ({figure.Min:N2} to {figure.Max:N2})");
    }

    public Task WriteAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, Indented));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

/// <param name="MicrosPerJob">Processor time of this process, over all its threads.</param>
public sealed record Rate(double JobsPerSecond, double MicrosPerJob)
{
    public double ServerMicrosPerJob { get; init; }

    public double WalBytesPerJob { get; init; }

    public double FlushesPerJob { get; init; }

    public double TransactionsPerJob { get; init; }
}

/// <summary>Counts jobs from its making on.</summary>
public sealed class RateMeter
{
    private readonly BenchStore _store;
    private readonly StoreUsage? _usage;
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

    private RateMeter(BenchStore store, StoreUsage? usage) => (_store, _usage) = (store, usage);

    public static async Task<RateMeter> StartAsync(BenchStore store) => new(store, await store.UsageAsync());

    public async Task<Rate> StopAsync(long jobs)
    {
        var rate = new Rate(
            jobs / System.Diagnostics.Stopwatch.GetElapsedTime(_start).TotalSeconds,
            (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / jobs);
        return await _store.UsageAsync() is { } now && _usage is { } then && now.Since(then) is var used
            ? rate with
            {
                ServerMicrosPerJob = used.Processor.TotalMicroseconds / jobs,
                WalBytesPerJob = (double)used.WalBytes / jobs,
                FlushesPerJob = (double)used.Flushes / jobs,
                TransactionsPerJob = (double)used.Transactions / jobs,
            }
            : rate;
    }
}

public sealed record Figure(string Name, string Unit, double Median, double Min, double Max);
