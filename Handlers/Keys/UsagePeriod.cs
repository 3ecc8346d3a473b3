using System.Globalization;
using JobForge.Contracts.Json;

namespace JobForge.Handlers.Keys;

public enum UsageGranularity
{
    Hour,
    Day,

    /// <summary>From Monday, as in ISO 8601.</summary>
    Week,
}

/// <summary>A half-open span of time in UTC and how it is cut into buckets. Buckets are aligned to the calendar, so the first and last may be partial.</summary>
public sealed record UsagePeriod(DateTimeOffset Start, DateTimeOffset End, UsageGranularity Granularity)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    public DateTimeOffset BucketStart(DateTimeOffset at)
    {
        var utc = at.ToUniversalTime();
        var day = new DateTimeOffset(utc.Year, utc.Month, utc.Day, 0, 0, 0, TimeSpan.Zero);
        return Granularity switch
        {
            UsageGranularity.Hour => day.AddHours(utc.Hour),
            UsageGranularity.Day => day,
            _ => day.AddDays(-(((int)utc.DayOfWeek + 6) % 7)),
        };
    }

    public bool Contains(DateTimeOffset at) => at >= Start && at < End;

    /// <summary>Reads <c>24h</c>, <c>7d</c>, <c>4w</c> (back from now), <c>2026</c>, <c>2026-02</c>, <c>2026-02-03</c>, or start and end; the end is exclusive.</summary>
    /// <returns>The period, or what is wrong.</returns>
    public static (UsagePeriod? Period, string? Error) Read(string? period, string? start, string? end, string? granularity, DateTimeOffset now)
    {
        if (GranularityOf(granularity) is not { } grain)
        {
            return (null, $"granularity: '{granularity}' is none of hour, day, week.");
        }

        var span = start is not null || end is not null ? Between(start, end, now) : Named(period ?? "24h", now);
        return span is not { } found ? (null, "period: give 24h, 7d, 4w, a year, month or day as in 2026-02, or start_date and end_date.")
            : found.End <= found.Start ? (null, "period: the end is not after the start.")
            : found.End - found.Start > Longest ? (null, $"period: longer than {Longest.TotalDays} days.")
            : (new UsagePeriod(found.Start, found.End, grain), null);
    }

    private static UsageGranularity? GranularityOf(string? word) => word?.ToLowerInvariant() switch
    {
        null or "day" or "daily" => UsageGranularity.Day,
        "hour" or "hourly" => UsageGranularity.Hour,
        "week" or "weekly" => UsageGranularity.Week,
        _ => null,
    };

    private static (DateTimeOffset Start, DateTimeOffset End)? Between(string? start, string? end, DateTimeOffset now) =>
        Instant(start) is { } from && (end is null ? now : Instant(end)) is { } to ? (from, to) : null;

    private static (DateTimeOffset Start, DateTimeOffset End)? Named(string period, DateTimeOffset now)
    {
        if (period.Length >= 2 && int.TryParse(period.AsSpan(0, period.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && HoursOf(period[^1]) is { } hours)
        {
            // A count beyond any sensible period would run past the calendar's start; it is cut and then refused as too long.
            return (now.AddHours(-Math.Min((double)hours * count, Longest.TotalHours + 1)), now);
        }

        return Calendar(period);
    }

    private static int? HoursOf(char unit) => unit switch
    {
        'h' => 1,
        'd' => 24,
        'w' => 168,
        _ => null,
    };

    private static (DateTimeOffset Start, DateTimeOffset End)? Calendar(string text) =>
        Date(text, "yyyy-MM-dd") is { } day ? (day, day.AddDays(1))
        : Date(text, "yyyy-MM") is { } month ? (month, month.AddMonths(1))
        : Date(text, "yyyy") is { } year ? (year, year.AddYears(1))
        : null;

    private static DateTimeOffset? Instant(string? text) =>
        Timestamp.TryParse(text, out var instant) ? instant : Date(text, "yyyy-MM-dd");

    private static DateTimeOffset? Date(string? text, string format) =>
        DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
