using System.Text.Json;
using System.Text.RegularExpressions;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>What no answer may be, whatever was asked.</summary>
internal static partial class Verdict
{
    /// <summary>Stands in every row of the rival tenant.</summary>
    public const string RivalMarker = "rivals-secret";

    /// <returns>What is wrong with the answer; null: nothing.</returns>
    public static string? Of(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer.TimedOut)
        {
            return "hangs: neither answered nor hung up";
        }

        if (request.Delivery is Delivery.Cut or Delivery.Abandoned)
        {
            return null;
        }

        // Not our code's: the server itself refuses another version of HTTP so.
        if (answer.Status >= 500 && !(answer.Status == 505 && request.IsOddOnTheWire))
        {
            return $"answered {answer.Status}";
        }

        if (answer.Status == 0 && !request.IsOddOnTheWire && request.Bytes.Length < 1_000_000)
        {
            return "hung up without an answer";
        }

        if (request.Who != Who.Operator && answer.Body.Contains(RivalMarker, StringComparison.Ordinal))
        {
            return "shows rows of another tenant";
        }

        // Operators may read there what kinds of exceptions there were; none that is a fault of ours may be in the log.
        if (!request.Route.Path.EndsWith("/metrics", StringComparison.Ordinal) && Internals().Match(answer.Body) is { Success: true } internals)
        {
            return $"shows the inside: {internals.Value}";
        }

        return answer.Status >= 400 ? OfRefusal(request, answer) : null;
    }

    private static string? OfRefusal(FuzzRequest request, FuzzAnswer answer)
    {
        if (!answer.Headers.TryGetValue("x-correlation-id", out var correlation))
        {
            return request.IsOddOnTheWire ? null : $"refused with {answer.Status} without a correlation id";
        }

        if (request.Bytes.AsSpan().StartsWith("HEAD "u8))
        {
            return null;
        }

        try
        {
            var body = JsonElement.Parse(Unchunked(answer));
            // A batch tells of each of its items.
            return body.GetProperty("status").GetInt32() == answer.Status && body.GetProperty("code").GetString()!.Length > 0
                && body.GetProperty("correlationId").GetString() == correlation && answer.Headers["content-type"] == "application/problem+json"
                ? null
                : $"refused with {answer.Status} in another shape: {answer.Body}";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"refused with {answer.Status} without a problem body: {answer.Body}";
        }
    }

    public static string Unchunked(FuzzAnswer answer)
    {
        if (answer.Headers.GetValueOrDefault("transfer-encoding") != "chunked")
        {
            return answer.Body;
        }

        var lines = answer.Body.Split("\r\n");
        return string.Concat(lines.Where((_, index) => index % 2 == 1));
    }

    [GeneratedRegex(@"   at [A-Z]\w+\.\w+|Npgsql|SQLite error|SqliteException|System\.\w+Exception|NullReference|Orleans\.|/Storage/|\.cs:line")]
    private static partial Regex Internals();
}
