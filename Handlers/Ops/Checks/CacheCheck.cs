using System.Net.Http.Headers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>How browsers and shared caches may keep the page's static assets.</summary>
internal sealed class CacheCheck : IScanCheck
{
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);

    private static readonly Rule NoPolicy = new("cache.policy_missing", Severity.Medium, "Static assets without cache policy", "Send Cache-Control: public, max-age=31536000, immutable with versioned names.");
    private static readonly Rule NotKept = new("cache.not_stored", Severity.Low, "Static assets may not be kept", "Drop no-store from static assets.");
    private static readonly Rule TooShort = new("cache.short_life", Severity.Low, "Static assets are kept for less than an hour", "Raise max-age.");
    private static readonly Rule NoValidator = new("cache.validator_missing", Severity.Low, "Static assets cannot be revalidated", "Send ETag or Last-Modified.");

    public string Name => "cache";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        var assets = target.Assets.Where(answer => answer.Status == 200).Select(answer => new Asset(answer)).ToList();
        return Report(NoPolicy, asset => asset.Policy is null && asset.Answer.Header("Expires") is null)
            .Concat(Report(NotKept, asset => asset.Policy?.NoStore == true))
            .Concat(Report(TooShort, asset => asset.Policy is { NoStore: false } policy && (policy.SharedMaxAge ?? policy.MaxAge) < ShortLife))
            .Concat(Report(NoValidator, asset => asset.Answer.Header("ETag") is null && asset.Answer.Header("Last-Modified") is null));

        IEnumerable<Finding> Report(Rule rule, Func<Asset, bool> isBad)
        {
            var bad = assets.Where(isBad).Select(asset => asset.Describe()).ToList();
            return bad.Count == 0 ? [] : [rule.At(target, string.Join(", ", bad))];
        }
    }

    private sealed record Asset(GuardedResponse Answer)
    {
        public CacheControlHeaderValue? Policy { get; } =
            CacheControlHeaderValue.TryParse(string.Join(", ", Answer.HeaderValues("Cache-Control")), out var policy)
                && Answer.Header("Cache-Control") is not null ? policy : null;

        public string Describe() => $"{Answer.Url.AbsolutePath} (Cache-Control: {Answer.Header("Cache-Control") ?? "none"}, Age: {Answer.Header("Age") ?? "none"})";
    }
}
