using System.Text;
using AngleSharp.Html.Parser;
using JobForge.Handlers.Connectors;

namespace JobForge.Handlers.Ops;

/// <summary>Looks at one target: the calls that the chosen checks need, and no more.</summary>
internal sealed class TargetProbe(GuardedSession session, TimeProvider time, IReadOnlySet<string> checks)
{
    private const int MaxAssets = 8;
    private const int SampleCount = 5;

    private int _requests;
    private long _bytes;

    public int RequestsMade => _requests;

    public long BytesReceived => _bytes;

    public async Task<TargetEvidence> LookAsync(Uri url, CancellationToken cancel)
    {
        var seen = new TargetEvidence { Target = url.ToString(), Url = url, SeenAt = time.GetUtcNow() };
        try
        {
            var landing = await GetAsync(url, cancel);
            return seen with
            {
                Landing = landing,
                PlainDoor = checks.Contains("redirects") ? await PlainDoorAsync(url, cancel) : null,
                Assets = checks.Overlaps(["cache", "cdn", "compression", "health"]) ? await AssetsAsync(landing, cancel) : [],
                Samples = checks.Contains("latency") ? await SamplesAsync(landing.Url, cancel) : [],
            };
        }
        catch (OutboundRefusedException e)
        {
            var redirects = e.Reason is OutboundRefusal.RedirectLimit or OutboundRefusal.RedirectLoop or OutboundRefusal.RedirectInvalid;
            return seen with { FailureCode = e.Code, FailureMessage = e.Message, Refused = !redirects };
        }
        catch (OutboundFailedException e)
        {
            return seen with { FailureCode = e.Code, FailureMessage = e.Message };
        }
    }

    private async Task<GuardedResponse> GetAsync(Uri url, CancellationToken cancel)
    {
        Interlocked.Increment(ref _requests);
        var answer = await session.SendAsync(new GuardedRequest(url) { CutAtLimit = true }, cancel);
        Interlocked.Add(ref _requests, answer.Hops.Count);
        Interlocked.Add(ref _bytes, answer.WireBytes);
        return answer;
    }

    /// <summary>Null when nothing answers: a closed door for plain http is as good as a redirect.</summary>
    private async Task<GuardedResponse?> PlainDoorAsync(Uri url, CancellationToken cancel)
    {
        if (url.Scheme != Uri.UriSchemeHttps || !url.IsDefaultPort)
        {
            return null;
        }

        return await TryGetAsync(new UriBuilder(url) { Scheme = Uri.UriSchemeHttp, Port = 80 }.Uri, cancel);
    }

    private async Task<List<GuardedResponse>> AssetsAsync(GuardedResponse landing, CancellationToken cancel)
    {
        var assets = new List<GuardedResponse>();
        foreach (var url in AssetUrls(landing).Take(MaxAssets))
        {
            if (await TryGetAsync(url, cancel) is { } answer)
            {
                assets.Add(answer);
            }
        }

        return assets;
    }

    private static IEnumerable<Uri> AssetUrls(GuardedResponse landing)
    {
        if (landing.Header("Content-Type")?.Contains("html", StringComparison.OrdinalIgnoreCase) != true)
        {
            return [];
        }

        var document = new HtmlParser().ParseDocument(Encoding.UTF8.GetString(landing.Body.Span));
        var references = document.QuerySelectorAll("link[rel~=stylesheet][href]").Select(link => link.GetAttribute("href"))
            .Concat(document.QuerySelectorAll("script[src], img[src]").Select(element => element.GetAttribute("src")));
        return references
            .Select(text => Uri.TryCreate(landing.Url, text, out var url) ? url : null)
            .OfType<Uri>()
            .Where(url => url.GetLeftPart(UriPartial.Authority) == landing.Url.GetLeftPart(UriPartial.Authority))
            .Distinct();
    }

    private async Task<List<RequestTiming>> SamplesAsync(Uri url, CancellationToken cancel)
    {
        var samples = new List<RequestTiming>();
        for (var i = 0; i < SampleCount; i++)
        {
            if (await TryGetAsync(url, cancel) is { } answer)
            {
                samples.Add(answer.Timing);
            }
        }

        return samples;
    }

    private async Task<GuardedResponse?> TryGetAsync(Uri url, CancellationToken cancel)
    {
        try
        {
            return await GetAsync(url, cancel);
        }
        catch (Exception e) when (e is OutboundRefusedException or OutboundFailedException)
        {
            return null;
        }
    }
}
