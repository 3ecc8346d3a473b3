namespace JobForge.Handlers.Growth;

/// <summary>One spelling for a page's address, so that the same page is not crawled twice.</summary>
public static class PageUrl
{
    private static readonly HashSet<string> Tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "gclid", "fbclid", "msclkid", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    };

    /// <summary>
    /// Absolute http(s) address without fragment and tracking parameters; host, port, escapes and dot segments as <see cref="Uri"/> normalises them.
    /// The order of other parameters stays, since servers may mind it. Null for anything that is no page address.
    /// </summary>
    public static Uri? Canonical(Uri page, string? reference)
    {
        if (string.IsNullOrWhiteSpace(reference) || !Uri.TryCreate(page, reference.Trim(), out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return null;
        }

        var query = url.Query.TrimStart('?').Split('&').Where(part => part.Length > 0 && !Tracking.Contains(part.Split('=')[0]));
        return new UriBuilder(url) { Fragment = "", Query = string.Join('&', query) }.Uri;
    }

    public static bool SameOrigin(Uri one, Uri other) => one.GetLeftPart(UriPartial.Authority) == other.GetLeftPart(UriPartial.Authority);
}
