using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>The way to the landing page. Loops and endless chains have no landing page; the scan reports those by itself.</summary>
internal sealed class RedirectsCheck : IScanCheck
{
    private static readonly Rule NoHttps = new("redirects.no_https", Severity.Medium, "Plain HTTP does not lead to HTTPS", "Redirect every http URL to its https twin with 301 or 308.");
    private static readonly Rule Downgrade = new("redirects.downgrade", Severity.High, "Redirect from HTTPS to HTTP", "Keep redirects on HTTPS.");
    private static readonly Rule LongChain = new("redirects.chain", Severity.Low, "Several redirects in a row", "Redirect to the final URL at once.");

    public string Name => "redirects";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        var plainEnd = target.Url.Scheme == Uri.UriSchemeHttp ? landing : target.PlainDoor;
        if (plainEnd is not null && plainEnd.Url.Scheme != Uri.UriSchemeHttps)
        {
            yield return NoHttps.At(target, $"Plain HTTP ends at {plainEnd.Url} with {plainEnd.Status}.");
        }

        if (landing.Hops.FirstOrDefault(hop => hop.Url.Scheme == Uri.UriSchemeHttps && hop.Target.Scheme == Uri.UriSchemeHttp) is { } step)
        {
            yield return Downgrade.At(target, $"{step.Url} redirects to {step.Target}.");
        }

        if (landing.Hops.Count > 2)
        {
            yield return LongChain.At(target, string.Join(" -> ", landing.Hops.Select(hop => hop.Url.ToString()).Append(landing.Url.ToString())));
        }
    }
}
