using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Growth;

/// <summary>
/// <c>autopilot.growth.seo_scan</c>: crawls one site politely and reports what keeps search engines and readers from it. A page that fails is an
/// issue; a run fails for good when the address is wrong, refused by the guard or forbidden by robots.txt, and is retried when the site does not answer.
/// Result and <c>seo_report.json</c>: <see cref="SeoReport"/>; <c>seo_report.md</c> is the same for people.
/// </summary>
public sealed class SeoScanHandler(GuardedHttpClient http) : IJobHandler
{
    private const int MaxDepth = 5;
    private const int MostPages = 1000;

    public string TemplateKey => "autopilot.growth.seo_scan";

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var inputs = context.Inputs.Deserialize<Inputs>(ContractJson.Options) ?? new Inputs();
        if (Start(inputs.Url ?? inputs.TargetUrl) is not { } start)
        {
            return HandlerResult.Permanent("invalid_url", "url: give the http or https address of a page.");
        }

        var limits = new CrawlLimits(Math.Clamp(inputs.Depth ?? 1, 0, MaxDepth), Math.Clamp(inputs.MaxPages ?? 100, 1, MostPages));
        using var session = http.Open(context.Time);
        var crawler = new SiteCrawler(session, context.Time, http.Options.UserAgent.Split('/')[0]);
        try
        {
            var site = await crawler.CrawlAsync(start, limits, (done, most) => context.Progress(90.0 * done / most, $"{done} pages"), cancel);
            context.Metric("requests_made", crawler.RequestsMade);
            context.Metric("bytes_received", crawler.BytesReceived);
            return Objection(site, start) ?? await ReportAsync(context, start, site, Areas(context, inputs.FocusAreas), cancel);
        }
        catch (OutboundRefusedException e)
        {
            return HandlerResult.Permanent("outbound_refused", e.Message);
        }
        catch (OutboundFailedException e)
        {
            return HandlerResult.Retry(e.Code, e.Message);
        }
    }

    private static Uri? Start(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var address = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        return Uri.TryCreate(address, UriKind.Absolute, out var url) ? PageUrl.Canonical(url, url.ToString()) : null;
    }

    private static HandlerResult? Objection(CrawledSite site, Uri start)
    {
        if (ReferenceEquals(site.Robots, RobotsRules.DisallowAll))
        {
            return HandlerResult.Retry("robots_unavailable", $"robots.txt of {start.Host} answers with a server error; until it does not, nothing may be crawled.");
        }

        return site.Pages.Count == 0 ? HandlerResult.Permanent("robots_disallowed", $"robots.txt of {start.Host} forbids {start.AbsolutePath}.") : null;
    }

    private static async Task<HandlerResult> ReportAsync(
        IJobContext context, Uri start, CrawledSite site, IReadOnlySet<string> areas, CancellationToken cancel)
    {
        var issues = site.Pages.SelectMany(PageRules.Judge).Concat(SiteRules.Judge(site)).Where(issue => areas.Contains(issue.Area)).ToList();
        var report = SeoReport.Of(start, site, issues);
        context.Log($"{report.PagesCrawled} pages, {issues.Count} issues, score {report.Score}.");
        context.Metric("pages_crawled", report.PagesCrawled);
        context.Metric("issues_total", issues.Count);
        context.Metric("score", report.Score);
        var result = ReportWriting.ToJson(report);
        await context.WriteJsonAsync("seo_report.json", result, cancel);
        await context.WriteMarkdownAsync("seo_report.md", report.ToMarkdown(), cancel);
        context.Progress(100, $"{report.PagesCrawled} pages");
        return HandlerResult.Success(result);
    }

    private static HashSet<string> Areas(IJobContext context, IReadOnlyList<string>? asked)
    {
        var known = (asked ?? []).Where(area => SeoAreas.All.Contains(area, StringComparer.OrdinalIgnoreCase)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var area in (asked ?? []).Where(area => !known.Contains(area)))
        {
            context.Log($"There is no focus area '{area}'; it is left out.", RunLogLevel.Warning);
        }

        return known.Count > 0 ? known : SeoAreas.All.ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private sealed record Inputs
    {
        public string? Url { get; init; }

        public string? TargetUrl { get; init; }

        public int? Depth { get; init; }

        public int? MaxPages { get; init; }

        public IReadOnlyList<string>? FocusAreas { get; init; }
    }
}
