namespace JobForge.Handlers.Ops;

/// <summary>Which checks a scan makes: those asked for by name, else those of its type.</summary>
internal sealed record ScanPlan(string ScanType, IReadOnlyList<string> Checks, IReadOnlyList<string> Unknown)
{
    private static readonly string[] Full = ["health", "ssl", "headers", "cookies", "redirects", "compression", "cache", "cdn", "latency"];

    private static readonly Dictionary<string, string[]> ByType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["health"] = ["health", "ssl", "latency"],
        ["security"] = ["ssl", "headers", "cookies", "redirects"],
        ["performance"] = ["latency", "compression", "cache", "cdn"],
        ["cost"] = ["compression", "cache", "cdn"],
        ["full"] = Full,
    };

    /// <summary>Words of the contract's examples that stand for a group of checks, or for one by another name.</summary>
    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.OrdinalIgnoreCase)
    {
        ["security"] = ByType["security"],
        ["performance"] = ByType["performance"],
        ["tls"] = ["ssl"],
        ["certificate"] = ["ssl"],
        ["caching"] = ["cache"],
        ["security_headers"] = ["headers"],
        ["availability"] = ["health"],
    };

    /// <returns>Null when the scan type is unknown.</returns>
    public static ScanPlan? Of(string? scanType, IReadOnlyList<string>? asked)
    {
        var type = scanType ?? "health";
        if (!ByType.TryGetValue(type, out var defaults))
        {
            return null;
        }

        if (asked is not { Count: > 0 })
        {
            return new ScanPlan(type, defaults, []);
        }

        var unknown = asked.Where(word => Expand(word) is null).ToList();
        var checks = asked.SelectMany(word => Expand(word) ?? []).ToHashSet(StringComparer.Ordinal);
        return new ScanPlan(type, [.. Full.Where(checks.Contains)], unknown);
    }

    private static string[]? Expand(string word) =>
        Full.Contains(word, StringComparer.OrdinalIgnoreCase) ? [word.ToLowerInvariant()] : Groups.GetValueOrDefault(word);
}
