using System.Globalization;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Manifests;

/// <summary>Turns a metric's name and number into what a person reads; the words of the name tell the unit.</summary>
internal static class MetricFormat
{
    private const double Step = 1024;

    private static readonly string[] Units = ["Bytes", "KB", "MB", "GB", "TB", "PB"];

    /// <summary><c>duration_ms</c> becomes <c>Duration Ms</c>.</summary>
    public static string Title(string name) =>
        string.Join(' ', name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    public static string Value(string name, double value)
    {
        var words = name.Split('_');
        return words[^1] switch
        {
            "ms" => Duration(value),
            "mb" => $"{value.ToString("0.##", CultureInfo.InvariantCulture)} MB",
            "seconds" or "count" or "percent" => Plain(value),
            _ when words.Contains("duration", StringComparer.Ordinal) || words.Contains("time", StringComparer.Ordinal) => Duration(value),
            _ when words.Contains("cost", StringComparer.Ordinal) => Money(value),
            _ when words.Intersect(["size", "memory", "bytes"], StringComparer.Ordinal).Any() => Bytes(value),
            _ => Plain(value),
        };
    }

    /// <summary>Bytes in steps of 1024 with at most two decimals, e.g. <c>1.21 KB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (Math.Abs(bytes) >= Step && unit < Units.Length - 1)
        {
            bytes /= Step;
            unit++;
        }

        return $"{bytes.ToString("0.##", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    private static string Duration(double milliseconds) => milliseconds < 1000
        ? $"{Plain(milliseconds)}ms"
        : $"{(milliseconds / 1000).ToString("F2", CultureInfo.InvariantCulture)}s";

    private static string Money(double cost) =>
        (cost < 0 ? "-$" : "$") + Math.Abs(cost).ToString("F4", CultureInfo.InvariantCulture);

    private static string Plain(double value) => CanonicalJson.SerializeToString(JsonSerializer.SerializeToElement(value));
}
