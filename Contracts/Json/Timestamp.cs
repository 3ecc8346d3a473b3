using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JobForge.Contracts.Json;

/// <summary>ISO 8601 timestamps as the contract reads and writes them: UTC with <c>Z</c> out, any offset in, impossible dates refused.</summary>
public static partial class Timestamp
{
    private const int Length = 24;

    /// <summary>UTC with milliseconds, e.g. <c>2026-02-02T10:00:00.000Z</c>.</summary>
    public static string Format(DateTimeOffset value) => string.Create(Length, value, static (text, value) =>
    {
        Span<byte> units = stackalloc byte[Length];
        Lay(value, units);
        Encoding.ASCII.GetChars(units, text);
    });

    /// <summary>The same as a JSON string.</summary>
    public static void Write(Utf8JsonWriter writer, DateTimeOffset value)
    {
        Span<byte> units = stackalloc byte[Length];
        Lay(value, units);
        writer.WriteStringValue(units);
    }

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

    private static void Lay(DateTimeOffset value, Span<byte> units)
    {
        "0000-00-00T00:00:00.000Z"u8.CopyTo(units);
        var utc = value.UtcDateTime;
        utc.Deconstruct(out DateOnly date, out TimeOnly time);
        LayNumber(date.Year, units[..4]);
        LayNumber(date.Month, units[5..7]);
        LayNumber(date.Day, units[8..10]);
        LayNumber(time.Hour, units[11..13]);
        LayNumber(time.Minute, units[14..16]);
        LayNumber(time.Second, units[17..19]);
        LayNumber(time.Millisecond, units[20..23]);
    }

    private static void LayNumber(int number, Span<byte> units)
    {
        for (var i = units.Length - 1; i >= 0; i--)
        {
            units[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
