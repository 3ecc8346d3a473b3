using System.Globalization;
using System.Text.RegularExpressions;

namespace JobForge.Contracts.Schemas;

/// <summary>The formats that are asserted; every other one is refused when a schema is compiled.</summary>
internal static partial class SchemaFormats
{
    public static Func<string, bool>? Find(string name) => name switch
    {
        "date-time" => IsDateTime,
        "date" => IsDate,
        "uuid" => text => Guid.TryParseExact(text, "D", out _),
        "uri" => text => UriShape().IsMatch(text) && Uri.TryCreate(text, UriKind.Absolute, out _),
        "email" => text => EmailShape().IsMatch(text),
        _ => null,
    };

    private static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>RFC 3339, leap seconds included.</summary>
    private static bool IsDateTime(string text)
    {
        var match = DateTimeShape().Match(text);
        return match.Success && IsDate(match.Groups["date"].Value)
            && Part(match, "hour") <= 23 && Part(match, "minute") <= 59 && Part(match, "second") <= 60
            && Part(match, "offsetHour") <= 23 && Part(match, "offsetMinute") <= 59;
    }

    private static int Part(Match match, string name) =>
        match.Groups[name] is { Success: true } part ? int.Parse(part.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.[0-9]+)?([Zz]|[+-](?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DateTimeShape();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UriShape();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmailShape();
}
