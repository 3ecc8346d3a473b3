namespace JobForge.Handlers.Growth;

/// <summary>What a crawl keeps of a page; the rules judge this.</summary>
public sealed record PageFacts
{
    public required Uri Url { get; init; }

    /// <summary>After redirects.</summary>
    public required Uri FinalUrl { get; init; }

    public required int Depth { get; init; }

    public required int Status { get; init; }

    /// <summary>Redirects on the way.</summary>
    public int Redirects { get; init; }

    /// <summary>Body bytes as sent.</summary>
    public long WireBytes { get; init; }

    /// <summary>Null for what is no HTML page; then only status, redirects and size are judged.</summary>
    public HtmlFacts? Html { get; init; }

    /// <summary>Set instead of a status when no answer came.</summary>
    public string? Failure { get; init; }
}

/// <summary>What stands in a page.</summary>
public sealed record HtmlFacts
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>1-6, in document order.</summary>
    public IReadOnlyList<int> HeadingLevels { get; init; } = [];

    public IReadOnlyList<Uri> Canonicals { get; init; } = [];

    public string? Language { get; init; }

    public bool HasViewport { get; init; }

    public IReadOnlyList<string> ImagesWithoutAlt { get; init; } = [];

    /// <summary>Same origin, canonical, each once, without nofollow links.</summary>
    public IReadOnlyList<Uri> InternalLinks { get; init; } = [];

    public int ExternalLinkCount { get; init; }

    public int StructuredDataCount { get; init; }

    public IReadOnlyList<string> StructuredDataErrors { get; init; } = [];

    public IReadOnlyList<Alternate> Alternates { get; init; } = [];

    public bool NoIndex { get; init; }

    public bool NoFollow { get; init; }

    /// <summary>SHA-256 of the visible text with blanks folded; pages with equal text have equal hashes.</summary>
    public required string TextHash { get; init; }

    /// <summary>http resources of an https page.</summary>
    public IReadOnlyList<string> MixedContent { get; init; } = [];
}

/// <summary>A <c>link rel=alternate hreflang</c>. The URL is null when it is no address.</summary>
public sealed record Alternate(string Language, Uri? Url);
