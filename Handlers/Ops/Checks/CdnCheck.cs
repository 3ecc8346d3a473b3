using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Whether a content delivery network stands before the site, told by the headers that such networks add.</summary>
internal sealed class CdnCheck : IScanCheck
{
    private static readonly (string Header, string Network)[] Marks =
    [
        ("CF-Ray", "Cloudflare"),
        ("X-Amz-Cf-Id", "Amazon CloudFront"),
        ("X-Served-By", "Fastly"),
        ("X-Azure-Ref", "Azure Front Door"),
        ("X-Vercel-Id", "Vercel"),
        ("X-NF-Request-Id", "Netlify"),
        ("Fly-Request-Id", "Fly.io"),
        ("X-Akamai-Transformed", "Akamai"),
        ("X-Cache", "a shared cache"),
        ("Via", "a proxy"),
    ];

    private static readonly Rule None = new("cdn.none", Severity.Info, "No content delivery network seen", "Consider one if visitors are far from the servers.");
    private static readonly Rule Missed = new("cdn.misses", Severity.Low, "Static assets miss the CDN's cache", "Check cache policy and cache key of static assets.");

    public string Name => "cdn";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        var answers = target.Assets.Prepend(landing).ToList();
        if (!Marks.Any(mark => answers.Any(answer => answer.Header(mark.Header) is not null)))
        {
            yield return None.At(target, $"None of {string.Join(", ", Marks.Select(mark => mark.Header))} in {answers.Count} answers.");
        }

        var missed = target.Assets.Where(IsMiss).Select(answer => answer.Url.AbsolutePath).ToList();
        if (missed.Count > 0)
        {
            yield return Missed.At(target, string.Join(", ", missed));
        }
    }

    /// <summary>The name of the network that the headers show, or null.</summary>
    public static string? NetworkOf(GuardedResponse answer) => Marks.FirstOrDefault(mark => answer.Header(mark.Header) is not null).Network;

    private static bool IsMiss(GuardedResponse answer) =>
        (answer.Header("CF-Cache-Status") ?? answer.Header("X-Cache"))?.Contains("MISS", StringComparison.OrdinalIgnoreCase) == true;
}
