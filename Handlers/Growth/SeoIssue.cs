using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Growth;

/// <summary>One thing that a crawl found.</summary>
/// <param name="Id">The rule, e.g. <c>title.missing</c>; stable, so that issues of two runs compare.</param>
/// <param name="Area">technical, content, links, structured_data, international or performance.</param>
public sealed record SeoIssue(string Id, Severity Severity, string Url, string Area, string Title, string Evidence);

internal sealed record SeoRule(string Id, Severity Severity, string Area, string Title)
{
    public SeoIssue At(PageFacts page, string evidence) => new(Id, Severity, page.Url.ToString(), Area, Title, evidence);
}

internal static class SeoAreas
{
    public const string Technical = "technical";
    public const string Content = "content";
    public const string Links = "links";
    public const string StructuredData = "structured_data";
    public const string International = "international";
    public const string Performance = "performance";

    public static IReadOnlyList<string> All { get; } = [Technical, Content, Links, StructuredData, International, Performance];
}
