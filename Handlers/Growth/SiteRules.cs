using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Growth;

/// <summary>What shows only when pages are seen together.</summary>
internal static class SiteRules
{
    private static readonly SeoRule DuplicateTitle = new("title.duplicate", Severity.Medium, SeoAreas.Content, "Several pages share one title");
    private static readonly SeoRule DuplicateDescription = new("description.duplicate", Severity.Low, SeoAreas.Content, "Several pages share one description");
    private static readonly SeoRule DuplicateContent = new("content.duplicate", Severity.Medium, SeoAreas.Content, "Several pages have the same text");
    private static readonly SeoRule BrokenLink = new("links.broken", Severity.High, SeoAreas.Links, "Link to a page that does not answer well");
    private static readonly SeoRule NoReturn = new("hreflang.no_return", Severity.Medium, SeoAreas.International, "Translation does not link back");
    private static readonly SeoRule NoSitemap = new("sitemap.missing", Severity.Info, SeoAreas.Technical, "No sitemap in robots.txt or at /sitemap.xml");

    public static IEnumerable<SeoIssue> Judge(CrawledSite site)
    {
        // A page that names another one as canonical, or asks not to be indexed, is a deliberate copy.
        var indexed = site.Pages.Where(page => page.Html is { NoIndex: false } html && html.Canonicals.All(canonical => canonical == page.FinalUrl)).ToList();
        return Shared(indexed, DuplicateTitle, html => html.Title)
            .Concat(Shared(indexed, DuplicateDescription, html => html.Description))
            .Concat(Shared(indexed, DuplicateContent, html => html.TextHash))
            .Concat(BrokenLinks(site))
            .Concat(MissingReturns(site))
            .Concat(site.SitemapFound ? [] : site.Pages.Take(1).Select(start => NoSitemap.At(start, "Neither place has one.")));
    }

    private static IEnumerable<SeoIssue> Shared(IEnumerable<PageFacts> pages, SeoRule rule, Func<HtmlFacts, string?> trait) =>
        pages.Where(page => trait(page.Html!) is not null)
            .GroupBy(page => trait(page.Html!)!, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .SelectMany(group => group.Select(page => rule.At(page, $"Shared with {string.Join(", ", group.Where(other => other != page).Take(5).Select(other => other.Url.AbsolutePath))}.")));

    private static IEnumerable<SeoIssue> BrokenLinks(CrawledSite site) =>
        from page in site.Pages
        let broken = page.Html?.InternalLinks.Where(site.BrokenTargets.ContainsKey).Select(link => $"{link} ({site.BrokenTargets[link]})").ToList()
        where broken is { Count: > 0 }
        select BrokenLink.At(page, string.Join(", ", broken.Take(10)));

    /// <summary>Judged only between pages that were both crawled.</summary>
    private static IEnumerable<SeoIssue> MissingReturns(CrawledSite site)
    {
        var byUrl = site.Pages.Where(page => page.Html is not null).DistinctBy(page => page.FinalUrl).ToDictionary(page => page.FinalUrl);
        foreach (var page in byUrl.Values)
        {
            var silent = page.Html!.Alternates
                .Where(alternate => alternate.Url is { } url && url != page.FinalUrl && byUrl.TryGetValue(url, out var other)
                    && !other.Html!.Alternates.Any(back => back.Url == page.FinalUrl))
                .Select(alternate => $"{alternate.Language}: {alternate.Url}")
                .ToList();
            if (silent.Count > 0)
            {
                yield return NoReturn.At(page, string.Join(", ", silent));
            }
        }
    }
}
