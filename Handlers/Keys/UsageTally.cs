using System.Text.Json;
using JobForge.Contracts.Events;

namespace JobForge.Handlers.Keys;

/// <summary>
/// Adds usage events up, key by key and bucket by bucket. Pure: no clock, no I/O. One event counts at most <see cref="long.MaxValue"/>, and a
/// decimal holds the exact sum of more than a billion of those.
/// </summary>
public sealed class UsageTally(UsagePeriod period, IReadOnlySet<string>? onlyKeys = null)
{
    private const int MaxKeyLength = 256;

    private readonly Dictionary<string, Dictionary<DateTimeOffset, (decimal Requests, decimal Bytes)>> _keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);

    public long EventsRead { get; private set; }

    public int BucketCount { get; private set; }

    public void Add(EventRow row)
    {
        EventsRead++;
        if (Read(row.Payload, out var key, out var requests, out var bytes) is { } fault)
        {
            _skipped[fault] = _skipped.GetValueOrDefault(fault) + 1;
        }
        else if (!period.Contains(row.OccurredAt))
        {
            _skipped["outside_period"] = _skipped.GetValueOrDefault("outside_period") + 1;
        }
        else if (onlyKeys?.Contains(key) != false)
        {
            AddTo(key, period.BucketStart(row.OccurredAt), requests, bytes);
        }
    }

    /// <summary>The report so far: keys in ordinal order, buckets by time; only buckets that have an event.</summary>
    public UsageReport Report()
    {
        var keys = _keys.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new KeyUsage(pair.Key, pair.Value.Values.Sum(sum => sum.Requests), pair.Value.Values.Sum(sum => sum.Bytes), Buckets(pair.Value)))
            .ToList();
        var totals = keys.SelectMany(key => key.Buckets)
            .GroupBy(bucket => bucket.Start)
            .OrderBy(group => group.Key)
            .Select(group => new UsageBucket(group.Key, group.Sum(bucket => bucket.Requests), group.Sum(bucket => bucket.Bytes)))
            .ToList();
        return new UsageReport(
            keys.Sum(key => key.TotalRequests), keys.Sum(key => key.TotalBytes), period, EventsRead, _skipped.Values.Sum(), _skipped, totals, keys);
    }

    /// <summary>Null when the payload is good, else a word for what is wrong.</summary>
    private static string? Read(JsonElement payload, out string key, out long requests, out long bytes)
    {
        (key, requests, bytes) = ("", 0, 0);
        if (payload.ValueKind != JsonValueKind.Object)
        {
            return "payload_not_an_object";
        }

        if (!payload.TryGetProperty("key_id", out var id) || id.ValueKind != JsonValueKind.String
            || id.GetString() is not { Length: > 0 and <= MaxKeyLength } text)
        {
            return "key_id_missing_or_invalid";
        }

        key = text;
        return !payload.TryGetProperty("requests", out var count) || !IsCount(count, out requests) ? "requests_missing_or_invalid"
            : payload.TryGetProperty("bytes_transferred", out var size) && size.ValueKind != JsonValueKind.Null && !IsCount(size, out bytes)
                ? "bytes_transferred_invalid"
            : null;
    }

    /// <summary>A whole number from zero on; <c>5.0</c> and <c>5e0</c> are the same number to JSON.</summary>
    private static bool IsCount(JsonElement element, out long count)
    {
        count = 0;
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDecimal(out var number)
            || number < 0 || number > long.MaxValue || number != decimal.Truncate(number))
        {
            return false;
        }

        count = (long)number;
        return true;
    }

    private void AddTo(string key, DateTimeOffset bucket, long requests, long bytes)
    {
        if (!_keys.TryGetValue(key, out var buckets))
        {
            _keys[key] = buckets = [];
        }

        var known = buckets.TryGetValue(bucket, out var sum);
        BucketCount += known ? 0 : 1;
        buckets[bucket] = (sum.Requests + requests, sum.Bytes + bytes);
    }

    private static List<UsageBucket> Buckets(Dictionary<DateTimeOffset, (decimal Requests, decimal Bytes)> sums) =>
        [.. sums.OrderBy(pair => pair.Key).Select(pair => new UsageBucket(pair.Key, pair.Value.Requests, pair.Value.Bytes))];
}

/// <summary>Result of a <c>keys.usage.aggregate</c> run. Sums are whole numbers of any size.</summary>
/// <param name="EventsSkipped">Read but bad; <paramref name="SkippedReasons"/> says why. Events of keys that were not asked for count as read only.</param>
/// <param name="Buckets">Over all keys.</param>
public sealed record UsageReport(
    decimal TotalRequests,
    decimal TotalBytes,
    UsagePeriod Period,
    long EventsRead,
    long EventsSkipped,
    IReadOnlyDictionary<string, long> SkippedReasons,
    IReadOnlyList<UsageBucket> Buckets,
    IReadOnlyList<KeyUsage> KeysBreakdown);

public sealed record KeyUsage(string KeyId, decimal TotalRequests, decimal TotalBytes, IReadOnlyList<UsageBucket> Buckets);

public sealed record UsageBucket(DateTimeOffset Start, decimal Requests, decimal Bytes);
