using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>The median of several whole requests, each over a connection of its own; the split names the slow part.</summary>
internal sealed class LatencyCheck : IScanCheck
{
    private const double SlowMs = 1000;
    private const double VerySlowMs = 3000;

    private static readonly Rule Slow = new("latency.slow", Severity.Medium, "Slow to answer (median over 1 s)", "Look at the slowest part first.");
    private static readonly Rule VerySlow = new("latency.very_slow", Severity.High, "Very slow to answer (median over 3 s)", "Look at the slowest part first.");

    public string Name => "latency";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        if (MedianOf(target.Samples) is { } median && median.TotalMs > SlowMs)
        {
            yield return (median.TotalMs > VerySlowMs ? VerySlow : Slow).At(
                target,
                $"Medians of {target.Samples.Count}: look-up {median.DnsMs:F0} ms, connect {median.ConnectMs:F0} ms, TLS {median.TlsMs:F0} ms, first byte {median.FirstByteMs:F0} ms, total {median.TotalMs:F0} ms.");
        }
    }

    /// <summary>The median of each part by itself; null without samples.</summary>
    public static RequestTiming? MedianOf(IReadOnlyList<RequestTiming> samples) => samples.Count == 0 ? null : new RequestTiming(
        Median(samples, sample => sample.DnsMs),
        Median(samples, sample => sample.ConnectMs),
        Median(samples, sample => sample.TlsMs),
        Median(samples, sample => sample.FirstByteMs),
        Median(samples, sample => sample.TotalMs));

    private static double Median(IReadOnlyList<RequestTiming> samples, Func<RequestTiming, double> part)
    {
        var sorted = samples.Select(part).Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
