using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;

namespace JobForge.Handlers.Keys;

/// <summary>
/// <c>keys.usage.aggregate</c>: adds up the tenant's <c>keys.usage.recorded</c> events (payload key_id, requests, bytes_transferred).
/// Result and <c>usage_report.json</c>: <see cref="UsageReport"/>; <c>usage_report.csv</c> has its buckets.
/// </summary>
public sealed class UsageAggregateHandler(IEventReader events) : IJobHandler
{
    public const string EventType = "keys.usage.recorded";

    /// <summary>Bounds memory and the result: a million buckets are already a report of some 100 MB.</summary>
    private const int MaxBuckets = 1_000_000;

    public string TemplateKey => "keys.usage.aggregate";

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var inputs = context.Inputs.Deserialize<Inputs>(ContractJson.Options) ?? new Inputs();
        var now = Timestamp.Truncate(context.Time.GetUtcNow());
        var (period, error) = UsagePeriod.Read(inputs.Period, inputs.StartDate, inputs.EndDate, inputs.Granularity, now);
        if (period is null)
        {
            return HandlerResult.Permanent("invalid_period", error!);
        }

        var tally = new UsageTally(period, inputs.KeyIds is { Count: > 0 } keys ? keys.ToHashSet(StringComparer.Ordinal) : null);
        if (!await ReadAsync(context, period, tally, cancel))
        {
            return HandlerResult.Permanent("too_many_buckets", $"More than {MaxBuckets} buckets: choose a coarser granularity, fewer keys or a shorter period.");
        }

        return await ReportAsync(context, tally.Report(), cancel);
    }

    private async Task<bool> ReadAsync(IJobContext context, UsagePeriod period, UsageTally tally, CancellationToken cancel)
    {
        var span = (period.End - period.Start).TotalMilliseconds;

        // The reader's bounds are inclusive and the store keeps milliseconds, so the last one inside is the end less one.
        var last = period.End.AddMilliseconds(-1);
        await foreach (var row in events.ReadAsync(context.TenantId, EventType, period.Start, last, cancel))
        {
            tally.Add(row);
            if (tally.BucketCount > MaxBuckets)
            {
                return false;
            }

            if (tally.EventsRead % 1000 == 0)
            {
                // Events come newest first, so how far back we are tells how much is done.
                var done = Math.Clamp((period.End - row.OccurredAt).TotalMilliseconds / span, 0, 1);
                context.Progress(90 * done, $"{tally.EventsRead} events read");
            }
        }

        return true;
    }

    private static async Task<HandlerResult> ReportAsync(IJobContext context, UsageReport report, CancellationToken cancel)
    {
        if (report.EventsSkipped > 0)
        {
            context.Log($"{report.EventsSkipped} of {report.EventsRead} events could not be counted.", RunLogLevel.Warning);
        }

        context.Metric("events_read", report.EventsRead);
        context.Metric("events_skipped", report.EventsSkipped);
        context.Metric("keys", report.KeysBreakdown.Count);
        var result = JsonSerializer.SerializeToElement(report, ContractJson.Options);
        await context.WriteArtifactAsync("usage_report.json", "json", "application/json", Encoding.UTF8.GetBytes(result.GetRawText()), cancel);
        await context.WriteArtifactAsync("usage_report.csv", "csv", "text/csv", Encoding.UTF8.GetBytes(UsageCsv.Write(report)), cancel);
        context.Progress(100, $"{report.EventsRead} events read");
        return HandlerResult.Success(result);
    }

    private sealed record Inputs
    {
        public string? Period { get; init; }

        public string? StartDate { get; init; }

        public string? EndDate { get; init; }

        public string? Granularity { get; init; }

        public IReadOnlyList<string>? KeyIds { get; init; }
    }
}
