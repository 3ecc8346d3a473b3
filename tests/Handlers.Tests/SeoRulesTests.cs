using System.Collections.Concurrent;
using System.Text;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Growth;
using JobForge.Handlers.Ops;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Tests.Handlers;

public sealed class SeoRulesTests
{
    private const string SoundHead = """
        <title>A sound page of ours</title><meta name="description" content="What a sound page says."><meta name="viewport" content="width=device-width">
        <link rel="canonical" href="https://a.example/page">
        """;

    [Theory]
    [InlineData(SoundHead, "<h1>A</h1><h2>B</h2><h3>C</h3><h2>D</h2>", "")]
    [InlineData(SoundHead, "<h1>A</h1><h3>C</h3>", "headings.level_skipped")]
    [InlineData(SoundHead, "<h2>C</h2>", "headings.h1_missing")]
    [InlineData(SoundHead, "<h1>A</h1><img src=x alt=''>", "")]
    [InlineData(SoundHead, "<h1>A</h1><img src='http://b.example/x.png' alt='x'>", "mixed_content")]
    [InlineData(SoundHead, "<h1>A</h1><a href='http://b.example/'>x</a>", "")]
    [InlineData(SoundHead, "<h1>A</h1><svg><title>icon</title></svg>", "")]
    [InlineData(SoundHead, "<h1>A</h1><script type='application/ld+json'>[{}]</script>", "")]
    [InlineData(SoundHead, "<h1>A</h1><script type='application/ld+json'>\"text\"</script>", "structured_data.invalid")]
    [InlineData(SoundHead + "<link rel=alternate hreflang=zh-Hant-TW href=/t><link rel=alternate hreflang=x-default href=/>", "<h1>A</h1>", "")]
    [InlineData(SoundHead + "<link rel=alternate hreflang=english href=/t>", "<h1>A</h1>", "hreflang.invalid")]
    [InlineData(SoundHead + "<link rel=canonical href=/other>", "<h1>A</h1>", "canonical.multiple")]
    [InlineData(SoundHead + "<meta name=ROBOTS content='NOINDEX, follow'>", "<h1>A</h1>", "robots.noindex")]
    [InlineData("<title> </title><meta name=viewport content=x><meta name=description content='d'><link rel=canonical href=/page>", "<h1>A</h1>", "title.missing")]
    [InlineData("<title>A sound page</title><meta name=description content='d'><link rel=canonical href=/page>", "<h1>A</h1>", "viewport.missing")]
    [InlineData("<title>A sound page</title><meta name=viewport content=x><meta name=description content='d'>", "<h1>A</h1>", "canonical.missing")]
    public void A_page_is_judged_by_what_stands_in_it(string head, string body, string rule)
    {
        var html = PageReader.Read(Page($"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"));
        var facts = new PageFacts { Url = new Uri("https://a.example/page"), FinalUrl = new Uri("https://a.example/page"), Depth = 0, Status = 200, Html = html };
        PageRules.Judge(facts).Select(issue => issue.Id).ShouldBe(rule.Length == 0 ? [] : [rule]);
    }

    [Fact]
    public void A_copy_that_names_its_canonical_is_no_duplicate()
    {
        var site = (string canonical) => new CrawledSite(
            RobotsRules.AllowAll, SitemapFound: true, [At("/one", "/one"), At("/two", canonical)], new Dictionary<Uri, string>(), []);
        SiteRules.Judge(site("/one")).ShouldBeEmpty();
        SiteRules.Judge(site("/two")).Select(issue => issue.Id).Distinct(StringComparer.Ordinal).ShouldBe(["title.duplicate", "content.duplicate"]);

        static PageFacts At(string path, string canonical)
        {
            var url = new Uri("https://a.example" + path);
            return new PageFacts
            {
                Url = url, FinalUrl = url, Depth = 0, Status = 200,
                Html = PageReader.Read(Page($"<title>Same</title><link rel=canonical href={canonical}><p>Same   text</p>") with { Url = url }),
            };
        }
    }

    [Fact]
    public async Task A_start_page_that_redirects_to_another_origin_moves_the_crawl_there()
    {
        var asked = new ConcurrentQueue<string>();
        await using var real = await LoopbackServer.StartAsync(context =>
        {
            asked.Enqueue(context.Request.Path.Value!);
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(context.Request.Path == "/robots.txt" ? "User-agent: *\nDisallow: /no" : "<a href=/yes>y</a><a href=/no>n</a>");
        });
        await using var front = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Redirect(real.Url("/home").ToString());
            return Task.CompletedTask;
        });
        var result = (await Handler().ExecuteAsync(new FakeJobContext("autopilot.growth.seo_scan", $$"""{"url":"{{front.Url("/")}}"}"""), TestContext.Current.CancellationToken))
            .ShouldSucceed();
        result.GetProperty("pages").EnumerateArray().Select(page => new Uri(page.GetProperty("url").GetString()!).AbsolutePath).ShouldBe(["/home", "/yes"]);
        asked.Count(path => path == "/no").ShouldBe(0);
    }

    [Fact]
    public async Task A_crawl_delay_is_waited_out_on_the_clock_before_each_page()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(context.Request.Path == "/robots.txt"
                ? "User-agent: *\nCrawl-delay: 60" : "<a href=/a>a</a><a href=/b>b</a>");
        });
        var clock = new ImpatientClock(TimeSpan.FromSeconds(10));
        var context = new FakeJobContext("autopilot.growth.seo_scan", $$"""{"url":"{{server.Url("/")}}"}""", clock);
        (await Handler().ExecuteAsync(context, TestContext.Current.CancellationToken)).ShouldSucceed().GetProperty("pages_crawled").GetInt32().ShouldBe(3);

        // A minute is cut to ten seconds, once for each page.
        clock.Waited.ShouldBe(3);
    }

    [Fact]
    public void Registration_offers_each_template_once()
    {
        var services = new ServiceCollection()
            .AddJobForgeHandlers(new OutboundOptions(), new OpsTargets())
            .AddSingleton<IEventReader, NoHost>()
            .AddSingleton<ITenantControl, NoHost>()
            .AddSingleton<IDeadLetters, NoHost>();
        using var provider = services.BuildServiceProvider(validateScopes: true);
        provider.GetRequiredService<HandlerRegistry>().TemplateKeys
            .ShouldBe(["autopilot.ops.scan", "autopilot.ops.apply", "autopilot.growth.seo_scan", "keys.usage.aggregate", "jobforge.jobs.redrive"], ignoreOrder: true);
    }

    private static SeoScanHandler Handler() =>
        new(new GuardedHttpClient(new OutboundOptions { AllowedPrivateHosts = ["localhost"] }, new SystemNameResolver()));

    private static GuardedResponse Page(string html) => new()
    {
        Url = new Uri("https://a.example/page"),
        Status = 200,
        Headers = [],
        Timing = new RequestTiming(0, 0, 0, 0, 0),
        Body = Encoding.UTF8.GetBytes(html),
    };

    /// <summary>Stands for the host's ports, which this test never calls.</summary>
    private sealed class NoHost : IEventReader, ITenantControl, IDeadLetters
    {
        public Task<Page<JobRow>> ReadAsync(DeadLetterQuery query, CancellationToken cancel) => throw new NotSupportedException();

        public Task<int> CountAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Outcome<bool>> RetryAsync(IJobContext run, JobId failed, CancellationToken cancel) => throw new NotSupportedException();

        public IAsyncEnumerable<EventRow> ReadAsync(TenantId tenant, string eventType, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<Outcome<bool>> SetTemplateAsync(IJobContext run, string templateKey, bool enabled, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Outcome<bool>> SetFlagAsync(IJobContext run, FeatureFlag flag, bool value, CancellationToken cancel) => throw new NotSupportedException();
    }

    /// <summary>Lets timers of one length go off at once and counts them; others never do.</summary>
    private sealed class ImpatientClock(TimeSpan length) : TimeProvider
    {
        private int _waited;

        public int Waited => Volatile.Read(ref _waited);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != length)
            {
                return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            Interlocked.Increment(ref _waited);
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
