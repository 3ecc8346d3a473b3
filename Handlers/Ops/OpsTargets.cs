using JobForge.Contracts.Ids;

namespace JobForge.Handlers.Ops;

/// <summary>What names like <c>production</c> stand for: lists of URLs. A tenant's own list goes before the common one.</summary>
public sealed class OpsTargets
{
    private const int MaxTargets = 20;

    public IDictionary<string, IList<string>> Names { get; init; } = new Dictionary<string, IList<string>>(StringComparer.OrdinalIgnoreCase);

    public IDictionary<string, IDictionary<string, IList<string>>> Tenants { get; init; } =
        new Dictionary<string, IDictionary<string, IList<string>>>(StringComparer.Ordinal);

    /// <summary>The URLs to scan, at most 20, each once; or what is wrong. A host without scheme is taken as https.</summary>
    public (IReadOnlyList<Uri> Urls, string? Error) Resolve(TenantId tenant, IEnumerable<string> asked)
    {
        var urls = new List<Uri>();
        foreach (var word in asked.Select(text => text.Trim()).Where(text => text.Length > 0))
        {
            var named = Find(tenant, word);
            if (named is null && !IsAddress(word))
            {
                return ([], $"Unknown target '{word}'. Known targets: {Known(tenant)}.");
            }

            foreach (var text in named ?? [word])
            {
                if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text, UriKind.Absolute, out var url))
                {
                    return ([], $"Target '{text}' is no URL.");
                }

                urls.Add(url);
            }
        }

        var distinct = urls.Distinct().ToList();
        return distinct.Count == 0 ? ([], $"No target named. Known targets: {Known(tenant)}.")
            : distinct.Count > MaxTargets ? ([], $"More than {MaxTargets} targets.")
            : (distinct, null);
    }

    private IList<string>? Find(TenantId tenant, string name) =>
        Tenants.TryGetValue(tenant.Value, out var own) && own.TryGetValue(name, out var ownUrls) ? ownUrls
            : Names.TryGetValue(name, out var urls) ? urls
            : null;

    private static bool IsAddress(string word) => word.AsSpan().ContainsAny(".:") || word.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private string Known(TenantId tenant)
    {
        var names = Names.Keys.Concat(Tenants.TryGetValue(tenant.Value, out var own) ? own.Keys : []).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
        var text = string.Join(", ", names);
        return text.Length == 0 ? "none" : text;
    }
}
