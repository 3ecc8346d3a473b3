using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Attributes of every cookie that was set on the way to the landing page. Values of cookies never reach the report.</summary>
internal sealed class CookiesCheck : IScanCheck
{
    private static readonly Rule NotSecure = new("cookies.secure_missing", Severity.Medium, "Cookie without Secure", "Add the Secure attribute.");
    private static readonly Rule ScriptReadable = new("cookies.http_only_missing", Severity.Low, "Cookie readable by scripts", "Add HttpOnly unless a script needs it.");
    private static readonly Rule NoSameSite = new("cookies.same_site_missing", Severity.Low, "Cookie without SameSite", "Add SameSite=Lax or Strict.");

    public string Name => "cookies";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        var cookies = landing.Hops.SelectMany(hop => hop.Headers).Concat(landing.Headers)
            .Where(header => header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            .Select(header => Cookie.Parse(header.Value))
            .ToList();
        return Report(NotSecure, cookies.Where(cookie => !cookie.Has("secure")))
            .Concat(Report(ScriptReadable, cookies.Where(cookie => !cookie.Has("httponly"))))
            .Concat(Report(NoSameSite, cookies.Where(cookie => !cookie.Has("samesite"))));

        IEnumerable<Finding> Report(Rule rule, IEnumerable<Cookie> bad)
        {
            var names = string.Join(", ", bad.Select(cookie => cookie.Name).Distinct(StringComparer.Ordinal));
            return names.Length == 0 ? [] : [rule.At(target, $"Set-Cookie of {names}.")];
        }
    }

    private sealed record Cookie(string Name, IReadOnlyList<string> Attributes)
    {
        public static Cookie Parse(string header)
        {
            var parts = header.Split(';', StringSplitOptions.TrimEntries);
            return new Cookie(parts[0].Split('=')[0], [.. parts.Skip(1).Select(part => part.Split('=')[0].Trim())]);
        }

        public bool Has(string attribute) => Attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);
    }
}
