using System.Text;
using JobForge.Handlers.Connectors;

namespace JobForge.Handlers.Growth;

/// <param name="Depth">Links away from the start page.</param>
public sealed record CrawlLimits(int Depth, int MaxPages);

/// <summary>What a crawl saw.</summary>
/// <param name="BrokenTargets">Status or failure of links that lead nowhere, crawled or only looked at.</param>
/// <param name="BlockedByRobots">Linked, but robots.txt forbids them.</param>
public sealed record CrawledSite(
    RobotsRules Robots,
    bool SitemapFound,
    IReadOnlyList<PageFacts> Pages,
    IReadOnlyDictionary<Uri, string> BrokenTargets,
    IReadOnlyCollection<Uri> BlockedByRobots);

/// <summary>
/// Crawls one origin level by level. Polite: robots.txt and nofollow are heeded, at most four requests at a time, one at a time with the
/// pause that the site asks for.
/// </summary>
internal sealed class SiteCrawler(GuardedSession session, TimeProvider time, string productToken)
{
    private const int Concurrency = 4;
    private const int RobotsBytes = 500 * 1024;

    /// <summary>A longer wish is cut: it would let a site hold a worker for hours.</summary>
    private const double LongestDelaySeconds = 10;

    private readonly HashSet<Uri> _known = [];
    private readonly HashSet<Uri> _blocked = [];
    private readonly List<PageFacts> _pages = [];
    private readonly Dictionary<Uri, string> _broken = [];
    private RobotsRules _robots = RobotsRules.DisallowAll;
    private int _requests;
    private long _bytes;

    public int RequestsMade => _requests;

    public long BytesReceived => _bytes;

    /// <exception cref="OutboundRefusedException">The guard refuses the site.</exception>
    public async Task<CrawledSite> CrawlAsync(Uri start, CrawlLimits limits, Action<int, int> progress, CancellationToken cancel)
    {
        start = await LandAsync(start, cancel);
        var sitemap = _robots.Sitemaps.Count > 0 || (await TryGetAsync(new Uri(start, "/sitemap.xml"), HttpMethod.Head, cancel))?.Status == 200;
        var level = Admit([start]);
        for (var depth = 0; depth <= limits.Depth && level.Count > 0; depth++)
        {
            var room = limits.MaxPages - _pages.Count;
            var fetched = await InPoliteBatchesAsync(level.Take(room).ToList(), url => FetchAsync(url, depth, cancel), cancel);
            Keep(fetched);
            progress(_pages.Count, limits.MaxPages);
            level = Admit(fetched.Where(page => page.Html is { NoFollow: false }).SelectMany(page => page.Html!.InternalLinks));
        }

        await LookAtRestAsync(limits.MaxPages, cancel);
        return new CrawledSite(_robots, sitemap, _pages, _broken, _blocked);
    }

    /// <summary>Where a bare domain redirects to its www or https twin, the twin is the site to crawl, by the twin's own robots.txt.</summary>
    private async Task<Uri> LandAsync(Uri start, CancellationToken cancel)
    {
        _robots = await RobotsAsync(start, cancel);
        if (!_robots.Allows(start.PathAndQuery))
        {
            return start;
        }

        var landed = (await GetAsync(start, HttpMethod.Get, _ => true, cancel)).Url;
        if (PageUrl.SameOrigin(landed, start))
        {
            return start;
        }

        _robots = await RobotsAsync(landed, cancel);
        return PageUrl.Canonical(landed, landed.ToString()) ?? landed;
    }

    private async Task<RobotsRules> RobotsAsync(Uri start, CancellationToken cancel)
    {
        try
        {
            Interlocked.Increment(ref _requests);
            var answer = await session.SendAsync(new GuardedRequest(new Uri(start, "/robots.txt")) { MaxBodyBytes = RobotsBytes, CutAtLimit = true }, cancel);
            return answer.Status switch
            {
                >= 200 and < 300 => RobotsRules.Parse(Encoding.UTF8.GetString(answer.Body.Span), productToken),
                >= 500 or 429 => RobotsRules.DisallowAll,
                _ => RobotsRules.AllowAll,
            };
        }
        catch (OutboundRefusedException e) when (e.Reason is OutboundRefusal.RedirectLimit or OutboundRefusal.RedirectLoop)
        {
            // RFC 9309, 2.3.1.2: too many redirects count as no robots.txt.
            return RobotsRules.AllowAll;
        }
    }

    private List<Uri> Admit(IEnumerable<Uri> urls)
    {
        var admitted = new List<Uri>();
        foreach (var url in urls.Where(_known.Add))
        {
            if (_robots.Allows(url.PathAndQuery))
            {
                admitted.Add(url);
            }
            else
            {
                _blocked.Add(url);
            }
        }

        return admitted;
    }

    private async Task<PageFacts> FetchAsync(Uri url, int depth, CancellationToken cancel)
    {
        var page = new PageFacts { Url = url, FinalUrl = url, Depth = depth, Status = 0 };
        try
        {
            var answer = await GetAsync(url, HttpMethod.Get, target => MayVisit(url, target), cancel);
            var own = answer.Status == 200
                && answer.Header("Content-Type")?.Contains("html", StringComparison.OrdinalIgnoreCase) == true;
            return page with
            {
                FinalUrl = PageUrl.Canonical(answer.Url, answer.Url.ToString()) ?? answer.Url,
                Status = answer.Status,
                Redirects = answer.Hops.Count,
                WireBytes = answer.WireBytes,
                Html = own ? PageReader.Read(answer) : null,
            };
        }
        catch (Exception e) when (e is OutboundFailedException || (e is OutboundRefusedException && depth > 0))
        {
            return page with { Failure = (e as OutboundFailedException)?.Code ?? ((OutboundRefusedException)e).Code };
        }
    }

    /// <summary>
    /// Two addresses that redirect to one page are one page. A link that leads nowhere is a fault of the pages that carry it, and no page; only
    /// the start page stands for itself.
    /// </summary>
    private void Keep(IEnumerable<PageFacts> fetched)
    {
        var seen = _pages.Where(page => page.Html is not null).Select(page => page.FinalUrl).ToHashSet();
        foreach (var page in fetched)
        {
            if (page.Depth > 0 && (page.Failure is not null || page.Status >= 400))
            {
                _broken[page.Url] = page.Failure ?? page.Status.ToString();
            }
            else if (page.Html is null || seen.Add(page.FinalUrl))
            {
                _pages.Add(page);
            }
        }
    }

    private async Task LookAtRestAsync(int most, CancellationToken cancel)
    {
        var tried = _pages.Select(page => page.Url).Concat(_broken.Keys).ToHashSet();
        var untried = _pages.Where(page => page.Html is { NoFollow: false }).SelectMany(page => page.Html!.InternalLinks).Distinct()
            .Where(url => !tried.Contains(url) && _robots.Allows(url.PathAndQuery)).Take(most).ToList();
        var looked = await InPoliteBatchesAsync(untried, async url => (Url: url, Fault: await FaultAsync(url, cancel)), cancel);
        foreach (var (url, fault) in looked.Where(link => link.Fault is not null))
        {
            _broken[url] = fault!;
        }
    }

    private async Task<string?> FaultAsync(Uri url, CancellationToken cancel)
    {
        var answer = await TryGetAsync(url, HttpMethod.Head, cancel);
        if (answer?.Status is 405 or 501)
        {
            answer = await TryGetAsync(url, HttpMethod.Get, cancel);
        }

        return answer is null ? "no answer" : answer.Status >= 400 ? answer.Status.ToString() : null;
    }

    private async Task<List<T>> InPoliteBatchesAsync<T>(IReadOnlyList<Uri> urls, Func<Uri, Task<T>> visit, CancellationToken cancel)
    {
        var delay = TimeSpan.FromSeconds(Math.Min(_robots.CrawlDelaySeconds ?? 0, LongestDelaySeconds));
        var results = new List<T>();
        foreach (var batch in urls.Chunk(delay > TimeSpan.Zero ? 1 : Concurrency))
        {
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, time, cancel);
            }

            results.AddRange(await Task.WhenAll(batch.Select(visit)));
        }

        return results;
    }

    private async Task<GuardedResponse> GetAsync(Uri url, HttpMethod method, Func<Uri, bool> mayFollow, CancellationToken cancel)
    {
        Interlocked.Increment(ref _requests);
        var answer = await session.SendAsync(new GuardedRequest(url) { Method = method, CutAtLimit = true, MayFollow = mayFollow }, cancel);
        Interlocked.Add(ref _requests, answer.Hops.Count);
        Interlocked.Add(ref _bytes, answer.WireBytes);
        return answer;
    }

    private bool MayVisit(Uri from, Uri target) => PageUrl.SameOrigin(from, target) && _robots.Allows(target.PathAndQuery);

    private async Task<GuardedResponse?> TryGetAsync(Uri url, HttpMethod method, CancellationToken cancel)
    {
        try
        {
            return await GetAsync(url, method, target => MayVisit(url, target), cancel);
        }
        catch (Exception e) when (e is OutboundRefusedException or OutboundFailedException)
        {
            return null;
        }
    }
}
