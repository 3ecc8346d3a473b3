using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Growth;

/// <summary>What one page must have by itself.</summary>
internal static class PageRules
{
    private const int LongestTitle = 70;
    private const int ShortestTitle = 10;
    private const int LongestDescription = 170;
    private const long HeavyBytes = 1024 * 1024;

    private static readonly SeoRule StatusError = new("status.error", Severity.High, SeoAreas.Technical, "Page answers with an error");
    private static readonly SeoRule NoAnswer = new("status.no_answer", Severity.High, SeoAreas.Technical, "Page does not answer");
    private static readonly SeoRule Redirected = new("redirects.internal_link", Severity.Low, SeoAreas.Links, "Internal link leads over a redirect");
    private static readonly SeoRule TitleMissing = new("title.missing", Severity.High, SeoAreas.Content, "Page has no title");
    private static readonly SeoRule TitleLong = new("title.too_long", Severity.Low, SeoAreas.Content, $"Title longer than {LongestTitle} characters");
    private static readonly SeoRule TitleShort = new("title.too_short", Severity.Low, SeoAreas.Content, $"Title shorter than {ShortestTitle} characters");
    private static readonly SeoRule DescriptionMissing = new("description.missing", Severity.Medium, SeoAreas.Content, "Page has no meta description");
    private static readonly SeoRule DescriptionLong = new("description.too_long", Severity.Low, SeoAreas.Content, $"Description longer than {LongestDescription} characters");
    private static readonly SeoRule NoH1 = new("headings.h1_missing", Severity.Medium, SeoAreas.Content, "Page has no h1");
    private static readonly SeoRule ManyH1 = new("headings.h1_multiple", Severity.Low, SeoAreas.Content, "Page has several h1");
    private static readonly SeoRule HeadingSkip = new("headings.level_skipped", Severity.Low, SeoAreas.Content, "Heading level skipped");
    private static readonly SeoRule CanonicalMissing = new("canonical.missing", Severity.Low, SeoAreas.Technical, "Page names no canonical address");
    private static readonly SeoRule CanonicalMany = new("canonical.multiple", Severity.Medium, SeoAreas.Technical, "Page names several canonical addresses");
    private static readonly SeoRule LanguageMissing = new("lang.missing", Severity.Low, SeoAreas.International, "Page does not say its language");
    private static readonly SeoRule ViewportMissing = new("viewport.missing", Severity.Medium, SeoAreas.Technical, "Page is not prepared for small screens");
    private static readonly SeoRule AltMissing = new("images.alt_missing", Severity.Medium, SeoAreas.Content, "Images without alt text");
    private static readonly SeoRule BadData = new("structured_data.invalid", Severity.Medium, SeoAreas.StructuredData, "Structured data does not parse");
    private static readonly SeoRule BadHreflang = new("hreflang.invalid", Severity.Medium, SeoAreas.International, "hreflang with an invalid language or address");
    private static readonly SeoRule NotIndexed = new("robots.noindex", Severity.Info, SeoAreas.Technical, "Page asks not to be indexed");
    private static readonly SeoRule Mixed = new("mixed_content", Severity.High, SeoAreas.Technical, "https page loads http resources");
    private static readonly SeoRule Heavy = new("weight.heavy", Severity.Low, SeoAreas.Performance, "Page markup is over 1 MiB");

    public static IEnumerable<SeoIssue> Judge(PageFacts page)
    {
        if (page.Failure is { } failure)
        {
            return [NoAnswer.At(page, failure)];
        }

        if (page.Status >= 400)
        {
            return [StatusError.At(page, $"Status {page.Status}.")];
        }

        var issues = new List<SeoIssue>();
        Add(issues, Redirected, page, page.Depth > 0 && (page.Redirects > 0 || page.Status is >= 300 and < 400), $"{page.Url} ends at {page.FinalUrl}.");
        Add(issues, Heavy, page, page.WireBytes > HeavyBytes, $"{page.WireBytes} bytes.");
        if (page.Html is { } html)
        {
            JudgeText(issues, page, html);
            JudgeStructure(issues, page, html);
            JudgeMachineData(issues, page, html);
        }

        return issues;
    }

    private static void JudgeText(List<SeoIssue> issues, PageFacts page, HtmlFacts html)
    {
        Add(issues, TitleMissing, page, html.Title is null, "No title element with text in the head.");
        Add(issues, TitleLong, page, html.Title?.Length > LongestTitle, $"{html.Title?.Length} characters: {html.Title}");
        Add(issues, TitleShort, page, html.Title?.Length < ShortestTitle, $"{html.Title?.Length} characters: {html.Title}");
        Add(issues, DescriptionMissing, page, html.Description is null, "No meta description with text.");
        Add(issues, DescriptionLong, page, html.Description?.Length > LongestDescription, $"{html.Description?.Length} characters.");
        Add(issues, AltMissing, page, html.ImagesWithoutAlt.Count > 0, string.Join(", ", html.ImagesWithoutAlt.Take(10)));
    }

    private static void JudgeStructure(List<SeoIssue> issues, PageFacts page, HtmlFacts html)
    {
        var h1 = html.HeadingLevels.Count(level => level == 1);
        Add(issues, NoH1, page, h1 == 0, $"{html.HeadingLevels.Count} headings, none of level 1.");
        Add(issues, ManyH1, page, h1 > 1, $"{h1} headings of level 1.");
        var skip = html.HeadingLevels.Zip(html.HeadingLevels.Skip(1)).FirstOrDefault(pair => pair.Second > pair.First + 1);
        Add(issues, HeadingSkip, page, skip.First > 0, $"h{skip.First} is followed by h{skip.Second}.");
        Add(issues, LanguageMissing, page, html.Language is null, "No lang attribute on the html element.");
        Add(issues, ViewportMissing, page, !html.HasViewport, "No meta viewport.");
    }

    private static void JudgeMachineData(List<SeoIssue> issues, PageFacts page, HtmlFacts html)
    {
        Add(issues, CanonicalMissing, page, html.Canonicals.Count == 0 && !html.NoIndex, "No link rel=canonical.");
        Add(issues, CanonicalMany, page, html.Canonicals.Distinct().Count() > 1, string.Join(", ", html.Canonicals));
        Add(issues, BadData, page, html.StructuredDataErrors.Count > 0, string.Join("; ", html.StructuredDataErrors));
        var bad = html.Alternates.Where(alternate => alternate.Url is null || !IsLanguage(alternate.Language)).Select(alternate => alternate.Language).ToList();
        Add(issues, BadHreflang, page, bad.Count > 0, string.Join(", ", bad));
        Add(issues, NotIndexed, page, html.NoIndex, "robots: noindex.");
        Add(issues, Mixed, page, html.MixedContent.Count > 0, string.Join(", ", html.MixedContent.Take(10)));
    }

    private static void Add(List<SeoIssue> issues, SeoRule rule, PageFacts page, bool applies, string evidence)
    {
        if (applies)
        {
            issues.Add(rule.At(page, evidence));
        }
    }

    /// <summary>A language of two or three letters, then perhaps a script of four and a region of two letters; or x-default.</summary>
    private static bool IsLanguage(string tag)
    {
        var parts = tag.Split('-');
        return tag.Equals("x-default", StringComparison.OrdinalIgnoreCase)
            || (parts.Length <= 3 && parts.All(part => part.All(char.IsAsciiLetterOrDigit))
                && parts[0].Length is 2 or 3 && parts[0].All(char.IsAsciiLetter)
                && parts.Skip(1).All(part => part.Length is 2 or 4 || (part.Length == 3 && part.All(char.IsAsciiDigit))));
    }
}
