using System.Globalization;
using System.Text.RegularExpressions;

namespace JobForge.Contracts.Json;

/// <summary>ISO 8601 timestamps as the contract reads and writes them: UTC with <c>Z</c> out, any offset in, impossible dates refused.</summary>
public static partial class Timestamp
{
    /// <summary>UTC with milliseconds, e.g. <c>2026-02-02T10:00:00.000Z</c>.</summary>
    public static string Format(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Accepts date, <c>T</c>, time with optional fraction, and an offset or Z; the result is in UTC, cut to milliseconds.</summary>
    public static bool TryParse(string? text, out DateTimeOffset value)
    {
        value = default;
        if (text is null || !Shape().IsMatch(text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            return false;
        }

        value = Truncate(parsed.ToUniversalTime());
        return true;
    }

    /// <summary>Cuts to milliseconds, the precision that every store keeps, so that a value reads back as it was answered.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset value) =>
        new(value.Ticks - (value.Ticks % TimeSpan.TicksPerMillisecond), value.Offset);

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
