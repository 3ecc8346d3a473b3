using System.Buffers;
using System.Globalization;

namespace JobForge.Contracts.Ids;

/// <summary>Trace ids that we make or derive. Those that callers send are any non-blank text of up to 256 characters, kept verbatim.</summary>
public static class TraceIds
{
    private const int RandomLength = 9;
    private const int TraceparentLength = 55;
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>An id in the form of the integration guide: <c>trace_MS_RANDOM</c>, Unix milliseconds and nine base-36 characters.</summary>
    public static string Generate(TimeProvider time, RandomSource random)
    {
        Span<char> suffix = stackalloc char[RandomLength];
        foreach (ref var unit in suffix)
        {
            unit = Base36[random.Next(Base36.Length)];
        }

        return string.Create(CultureInfo.InvariantCulture, $"trace_{time.GetUtcNow().ToUnixTimeMilliseconds()}_{suffix}");
    }

    /// <summary>The 32 hex digits of a W3C traceparent header, or null when the header is malformed (the standard says: then ignore it).</summary>
    public static string? FromTraceparent(string? header)
    {
        if (header is not { Length: >= TraceparentLength } || header[2] != '-' || header[35] != '-' || header[52] != '-')
        {
            return null;
        }

        var (version, trace, parent, flags) = (header[..2], header[3..35], header[36..52], header[53..55]);
        var isHex = !string.Concat(version, trace, parent, flags).AsSpan().ContainsAnyExcept(LowerHex);
        var isNull = !trace.AsSpan().ContainsAnyExcept('0') || !parent.AsSpan().ContainsAnyExcept('0');

        // Version 00 ends here; a later one may go on after a dash; ff is forbidden.
        var endsWell = header.Length == TraceparentLength || (header[TraceparentLength] == '-' && version is not "00");
        return isHex && !isNull && endsWell && version is not "ff" ? trace : null;
    }
}
