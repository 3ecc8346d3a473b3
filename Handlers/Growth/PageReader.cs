using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using JobForge.Handlers.Connectors;

namespace JobForge.Handlers.Growth;

/// <summary>Takes the facts out of a page's markup. The parser runs no scripts and loads nothing.</summary>
public static class PageReader
{
    public static HtmlFacts Read(GuardedResponse answer)
    {
        using var body = new MemoryStream(answer.Body.ToArray(), writable: false);
        var document = new HtmlParser().ParseDocument(body);
        var start = Resolve(answer.Url, document.QuerySelector("base[href]")?.GetAttribute("href")) ?? answer.Url;
        var robots = RobotsWords(document, answer);
        var links = document.QuerySelectorAll("a[href], area[href]")
            .Where(link => !Words(link, "rel").Contains("nofollow", StringComparer.OrdinalIgnoreCase))
            .Select(link => PageUrl.Canonical(start, link.GetAttribute("href")))
            .OfType<Uri>()
            .ToList();
        return new HtmlFacts
        {
            Title = Text(document.Head?.QuerySelector("title")?.TextContent),
            Description = Text(document.QuerySelector("meta[name=description i]")?.GetAttribute("content")),
            HeadingLevels = [.. document.QuerySelectorAll("h1, h2, h3, h4, h5, h6").Select(heading => heading.LocalName[1] - '0')],
            Canonicals = [.. document.QuerySelectorAll("link[rel~=canonical i][href]").Select(link => PageUrl.Canonical(start, link.GetAttribute("href"))).OfType<Uri>()],
            Language = Text(document.DocumentElement.GetAttribute("lang")),
            HasViewport = document.QuerySelector("meta[name=viewport i][content]") is not null,
            ImagesWithoutAlt = [.. document.QuerySelectorAll("img:not([alt])").Select(image => image.GetAttribute("src") ?? "(inline)")],
            InternalLinks = [.. links.Where(link => PageUrl.SameOrigin(link, answer.Url)).Distinct()],
            ExternalLinkCount = links.Count(link => !PageUrl.SameOrigin(link, answer.Url)),
            StructuredDataCount = document.QuerySelectorAll("script[type='application/ld+json' i]").Length,
            StructuredDataErrors = [.. StructuredDataErrors(document)],
            Alternates = [.. document.QuerySelectorAll("link[rel~=alternate i][hreflang]")
                .Select(link => new Alternate(link.GetAttribute("hreflang")!.Trim(), PageUrl.Canonical(start, link.GetAttribute("href"))))],
            NoIndex = robots.Overlaps(["noindex", "none"]),
            NoFollow = robots.Overlaps(["nofollow", "none"]),
            TextHash = TextHash(document),
            MixedContent = answer.Url.Scheme == Uri.UriSchemeHttps ? MixedContent(document, start) : [],
        };
    }

    private static HashSet<string> RobotsWords(IDocument document, GuardedResponse answer) =>
        document.QuerySelectorAll("meta[name=robots i], meta[name=jobforgebot i]").Select(meta => meta.GetAttribute("content") ?? "")
            .Concat(answer.HeaderValues("X-Robots-Tag"))
            .SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string[] Words(IElement element, string attribute) =>
        (element.GetAttribute(attribute) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Text(string? text)
    {
        var folded = Fold(text ?? "");
        return folded.Length == 0 ? null : folded;
    }

    private static string Fold(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static Uri? Resolve(Uri page, string? reference) => reference is not null && Uri.TryCreate(page, reference, out var url) ? url : null;

    private static IEnumerable<string> StructuredDataErrors(IDocument document)
    {
        foreach (var script in document.QuerySelectorAll("script[type='application/ld+json' i]"))
        {
            var error = JsonFault(script.TextContent);
            if (error is not null)
            {
                yield return error;
            }
        }
    }

    private static string? JsonFault(string text)
    {
        try
        {
            var data = JsonElement.Parse(text);
            return data.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? null : "neither object nor list";
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    private static string TextHash(IDocument document)
    {
        foreach (var hidden in document.QuerySelectorAll("script, style, template, noscript").ToList())
        {
            hidden.Remove();
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Fold(document.Body?.TextContent ?? ""))));
    }

    private static List<string> MixedContent(IDocument document, Uri start) =>
        [.. document.QuerySelectorAll("img[src], script[src], iframe[src], audio[src], video[src], source[src], embed[src]").Select(element => element.GetAttribute("src"))
            .Concat(document.QuerySelectorAll("link[rel~=stylesheet i][href]").Select(link => link.GetAttribute("href")))
            .Select(text => Resolve(start, text))
            .OfType<Uri>()
            .Where(url => url.Scheme == Uri.UriSchemeHttp)
            .Select(url => url.ToString())
            .Distinct(StringComparer.Ordinal)];
}
