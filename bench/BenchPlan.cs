using System.Text.Json;

namespace JobForge.Bench;

/// <summary>How big to measure, and what came out.</summary>
public sealed class BenchPlan(bool smoke, int runs, TextWriter output)
{
    private readonly List<Figure> _figures = [];

    public TextWriter Output => output;

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

    /// <summary>The same for jobs: their rate, and the processor time that one costs this process, which a busy machine disturbs less.</summary>
    public async Task MeasureJobsAsync(string name, Func<Task<Rate>> measure)
    {
        var costs = new List<double>();
        await MeasureAsync(name, "jobs/s", async () =>
        {
            var rate = await measure();
            costs.Add(rate.CpuMicrosPerJob);
            return rate.JobsPerSecond;
        });
        if (!smoke)
        {
            costs.RemoveAt(0);
        }

        costs.Sort();
        Note(new Figure($"{name}, processor time", "us/job", costs[costs.Count / 2], costs[0], costs[^1]));
    }

    public void Note(Figure figure)
    {
        _figures.Add(figure);
        output.WriteLine($"{figure.Name,-44} {figure.Median,12:N2} {figure.Unit,-10} ({figure.Min:N2} to {figure.Max:N2})");
    }

    public Task WriteAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, Indented));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

public sealed record Rate(double JobsPerSecond, double CpuMicrosPerJob);

/// <summary>Counts jobs from its making on.</summary>
public sealed class RateMeter
{
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

    public Rate Of(long jobs) => new(
        jobs / System.Diagnostics.Stopwatch.GetElapsedTime(_start).TotalSeconds,
        (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / jobs);
}

public sealed record Figure(string Name, string Unit, double Median, double Min, double Max);
