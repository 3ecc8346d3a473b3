using System.Globalization;
using System.Text;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Growth;

/// <summary>Result of an <c>autopilot.growth.seo_scan</c> run, and its <c>seo_report.json</c>.</summary>
/// <param name="Score">0-100, the mean over the pages; <paramref name="ScoreRules"/> says how.</param>
public sealed record SeoReport(
    int Score,
    int PagesCrawled,
    IReadOnlyList<SeoIssue> Issues,
    SeoSummary Summary,
    IReadOnlyList<SeoPage> Pages,
    ScoreRules ScoreRules)
{
    public static SeoReport Of(Uri start, CrawledSite site, IReadOnlyList<SeoIssue> issues)
    {
        var byUrl = issues.ToLookup(issue => issue.Url, StringComparer.Ordinal);
        var pages = site.Pages.Select(page => SeoPage.Of(page, Scoring.Score(byUrl[page.Url.ToString()].Select(issue => issue.Severity)))).ToList();
        return new SeoReport(
            Scoring.Mean([.. pages.Select(page => page.Score)]),
            pages.Count,
            [.. issues.OrderBy(issue => issue.Severity).ThenBy(issue => issue.Url, StringComparer.Ordinal).ThenBy(issue => issue.Id, StringComparer.Ordinal)],
            new SeoSummary(start.ToString(), issues.Count, Scoring.Counts(issues.Select(issue => issue.Severity)))
            {
                BrokenLinks = site.BrokenTargets.Count,
                ExternalLinks = site.Pages.Sum(page => page.Html?.ExternalLinkCount ?? 0),
                BlockedByRobots = site.BlockedByRobots.Count,
                SitemapFound = site.SitemapFound,
                StructuredDataBlocks = site.Pages.Sum(page => page.Html?.StructuredDataCount ?? 0),
            },
            pages,
            new ScoreRules("Each page starts at 100 and loses the penalty of each issue, down to 0; the score is the mean over the pages, rounded.", Scoring.Penalties));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("# SEO report").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"**Site:** {ReportWriting.Plain(Summary.StartUrl)} · **Score:** {Score} of 100 · **Pages:** {PagesCrawled} · **Issues:** {Summary.IssuesTotal}")
            .AppendLine().AppendLine("## Issues").AppendLine().AppendLine("| Severity | Page | Issue | Evidence |").AppendLine("| --- | --- | --- | --- |");
        foreach (var issue in Issues)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {issue.Severity.Word()} | {ReportWriting.Plain(issue.Url)} | {issue.Title} | {ReportWriting.Plain(issue.Evidence)} |");
        }

        text.AppendLine().AppendLine("## Pages").AppendLine().AppendLine("| Page | Status | Score | Title |").AppendLine("| --- | --- | --- | --- |");
        foreach (var page in Pages)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {ReportWriting.Plain(page.Url)} | {page.Status} | {page.Score} | {ReportWriting.Plain(page.Title ?? "-")} |");
        }

        return text.AppendLine().AppendLine("## How the score is made").AppendLine().AppendLine(ScoreRules.Text).ToString();
    }
}

public sealed record SeoSummary(string StartUrl, int IssuesTotal, IReadOnlyDictionary<string, int> BySeverity)
{
    public int BrokenLinks { get; init; }

    public int ExternalLinks { get; init; }

    public int BlockedByRobots { get; init; }

    public bool SitemapFound { get; init; }

    public int StructuredDataBlocks { get; init; }
}

/// <param name="Status">0 when no answer came.</param>
/// <param name="Bytes">Body as sent.</param>
public sealed record SeoPage(string Url, int Depth, int Status, int Score, string? Title, long Bytes)
{
    internal static SeoPage Of(PageFacts page, int score) => new(page.Url.ToString(), page.Depth, page.Status, score, page.Html?.Title, page.WireBytes);
}
