using System.Collections.Frozen;

namespace JobForge.Silo.Demo;

/// <param name="Text"><c>{origin}</c> stands for scheme, host and port of the request.</param>
internal sealed record DemoPage(string ContentType, string Text);

/// <summary>A fault on purpose: which template's run finds it, by which rule, on which path.</summary>
public sealed record PlantedFault(string TemplateKey, string Rule, string Path);

/// <summary>The pages of the demo site. Each is sound but for the faults that are listed beside it.</summary>
public static class DemoPages
{
    private const string Scan = "autopilot.ops.scan";
    private const string Seo = "autopilot.growth.seo_scan";

    private static readonly FrozenDictionary<string, DemoPage> Pages = new Dictionary<string, DemoPage>(StringComparer.Ordinal)
    {
        ["/"] = Html("/", "Demo shop for hand-made lamps", "Lamps made by hand from wood and paper, sold by a small demo shop.", """
            <h1>Hand-made lamps</h1>
            <p>A shop that exists to be scanned.</p>
            <ul>
              <li><a href="/about">About</a></li><li><a href="/pricing">Pricing</a></li><li><a href="/plans">Plans</a></li>
              <li><a href="/contact?utm_source=home">Contact</a></li><li><a href="/blog">Blog</a></li><li><a href="/gallery">Gallery</a></li>
              <li><a href="/products">Products</a></li><li><a href="/fr">Français</a></li><li><a href="/private/report">Internal report</a></li>
              <li><a href="https://www.example.org/" rel="noopener">A friend</a></li>
            </ul>
            <img src="/logo.svg" alt="Logo: a lamp">
            """, """<link rel="alternate" hreflang="en" href="{origin}/"><link rel="alternate" hreflang="fr" href="{origin}/fr">"""),
        ["/about"] = Html("/about", title: null, "Who makes the lamps of the demo shop, and why they are made by hand.", "<h1>About us</h1><p>Two people and a workshop.</p>"),
        ["/pricing"] = Html("/pricing", "Prices of hand-made lamps", "What a hand-made lamp of the demo shop costs, with shipping.", "<h1>Pricing</h1><p>From 40 to 90.</p>"),
        ["/plans"] = Html("/plans", "Prices of hand-made lamps", "Subscription plans of the demo shop: a new lamp every season.", "<h1>Plans</h1><p>Four lamps a year.</p>"),
        ["/contact"] = Html("/contact", "Contact the demo lamp shop", description: null, """<h1>Contact</h1><p>Write to us, or read <a href="/missing">the old page</a>.</p>"""),
        ["/blog"] = Html("/blog", "Workshop notes of the lamp shop", "Notes from the workshop: paper, wood, glue and patience.", "<h1>Notes</h1><p>Paper.</p><h1>More notes</h1><p>Wood.</p>"),
        ["/gallery"] = Html("/gallery", "Pictures of hand-made lamps", "Pictures of lamps that the demo shop has made so far.", """<h1>Gallery</h1><img src="/logo.svg">"""),
        ["/products"] = Html("/products", "All lamps of the demo shop", "Every lamp that the demo shop sells, with size and material.", "<h1>Products</h1><p>One lamp.</p>",
            """<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Lamp",}</script>"""),
        ["/fr"] = Html("/fr", "Boutique de lampes faites à la main", "Des lampes en bois et en papier, faites à la main, dans une boutique de démonstration.",
            "<h1>Lampes</h1><p>Bienvenue.</p>", language: "fr"),
        ["/private/report"] = Html("/private/report", "Internal", "Internal.", "<h1>Internal</h1>"),
        ["/robots.txt"] = new("text/plain", "User-agent: *\nDisallow: /private\nSitemap: {origin}/sitemap.xml\n"),
        ["/sitemap.xml"] = new("application/xml", """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{origin}/</loc></url></urlset>"""),
        ["/style.css"] = new("text/css", string.Concat(Enumerable.Repeat("body { font-family: sans-serif; margin: 2rem; color: #222; }\n", 60))),
        ["/logo.svg"] = new("image/svg+xml", """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="#fc0"/></svg>"""),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a security and performance scan of the https side must find, and nothing else; paths are the target's.</summary>
    public static IReadOnlyList<PlantedFault> ScanFaults { get; } =
    [
        new(Scan, "ssl.self_signed", "/"),
        new(Scan, "ssl.expires_soon", "/"),
        new(Scan, "headers.hsts_missing", "/"),
        new(Scan, "headers.csp_missing", "/"),
        new(Scan, "headers.content_type_options_missing", "/"),
        new(Scan, "headers.referrer_policy_missing", "/"),
        new(Scan, "headers.frame_options_missing", "/"),
        new(Scan, "cookies.secure_missing", "/"),
        new(Scan, "compression.missing", "/"),
        new(Scan, "cache.policy_missing", "/"),
        new(Scan, "cache.validator_missing", "/"),
        new(Scan, "cdn.none", "/"),
    ];

    /// <summary>What a crawl from the home page must find, and nothing else.</summary>
    public static IReadOnlyList<PlantedFault> SeoFaults { get; } =
    [
        new(Seo, "title.missing", "/about"),
        new(Seo, "title.duplicate", "/pricing"),
        new(Seo, "title.duplicate", "/plans"),
        new(Seo, "description.missing", "/contact"),
        new(Seo, "links.broken", "/contact"),
        new(Seo, "headings.h1_multiple", "/blog"),
        new(Seo, "images.alt_missing", "/gallery"),
        new(Seo, "structured_data.invalid", "/products"),
        new(Seo, "hreflang.no_return", "/"),
    ];

    internal static DemoPage? Find(string path) => Pages.GetValueOrDefault(path);

    private static DemoPage Html(string path, string? title, string? description, string body, string head = "", string language = "en") =>
        new("text/html; charset=utf-8", $$"""
            <!DOCTYPE html>
            <html lang="{{language}}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            {{(title is null ? "" : $"<title>{title}</title>")}}
            {{(description is null ? "" : $"""<meta name="description" content="{description}">""")}}
            <link rel="canonical" href="{origin}{{path}}">
            <link rel="stylesheet" href="/style.css">
            {{head}}
            </head>
            <body>
            {{body}}
            </body>
            </html>
            """);
}
