using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Growth;
using JobForge.Silo.Demo;
using Microsoft.AspNetCore.Http;

namespace JobForge.Tests.Handlers;

public sealed class SeoScanTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_crawl_of_the_demo_site_finds_the_planted_faults_and_no_others(int depth)
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, Cancel);
        var context = new FakeJobContext("autopilot.growth.seo_scan", $$"""{"url":"{{site.HttpUrl}}","depth":{{depth}}}""");
        var result = (await Handler().ExecuteAsync(context, Cancel)).ShouldSucceed();

        result.GetProperty("issues").EnumerateArray()
            .Select(issue => (issue.GetProperty("id").GetString()!, new Uri(issue.GetProperty("url").GetString()!).AbsolutePath))
            .ShouldBe(DemoPages.SeoFaults.Select(fault => (fault.Rule, fault.Path)), ignoreOrder: true);
        result.GetProperty("pages_crawled").GetInt32().ShouldBe(9);
        site.ForbiddenRequests.ShouldBe(0);
        var summary = result.GetProperty("summary");
        summary.GetProperty("blocked_by_robots").GetInt32().ShouldBe(1);
        summary.GetProperty("external_links").GetInt32().ShouldBe(1);
        summary.GetProperty("sitemap_found").GetBoolean().ShouldBeTrue();

        // Nine pages: -20 about, -8 pricing, -8 plans, -28 contact, -3 blog, -8 gallery, -8 products, -8 home: 809 / 9.
        result.GetProperty("score").GetInt32().ShouldBe(90);
        JsonElement.DeepEquals(JsonElement.Parse(context.Artifacts["seo_report.json"]), result).ShouldBeTrue();
        Encoding.UTF8.GetString(context.Artifacts["seo_report.md"]).ShouldContain("Page has no title");
        context.Metrics["pages_crawled"].ShouldBe(9);
    }

    [Fact]
    public async Task Focus_areas_narrow_the_issues()
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, Cancel);
        var result = await RunAsync(site.HttpUrl, "\"focus_areas\":[\"links\",\"international\",\"astrology\"]");
        result.GetProperty("issues").EnumerateArray().Select(issue => issue.GetProperty("id").GetString()).ShouldBe(["links.broken", "hreflang.no_return"]);
    }

    [Fact]
    public async Task Depth_and_page_limits_hold_and_links_beyond_them_are_still_checked()
    {
        await using var server = await Chain();
        (await RunAsync(server.Url("/0"), "\"depth\":0")).GetProperty("pages_crawled").GetInt32().ShouldBe(1);
        (await RunAsync(server.Url("/0"), "\"depth\":2")).GetProperty("pages_crawled").GetInt32().ShouldBe(3);
        var limited = await RunAsync(server.Url("/3"), "\"depth\":5,\"max_pages\":2");
        limited.GetProperty("pages_crawled").GetInt32().ShouldBe(2);

        // Page 4 was crawled; its link to page 5, a 404, was only looked at.
        var broken = limited.GetProperty("issues").EnumerateArray().Single(issue => issue.GetProperty("id").GetString() == "links.broken");
        broken.GetProperty("evidence").GetString()!.ShouldContain("/5 (404)");

        static Task<LoopbackServer> Chain() => LoopbackServer.StartAsync(async context =>
        {
            if (int.TryParse(context.Request.Path.Value![1..], out var number) && number < 5)
            {
                await PageAsync(context, $"<a href=\"/{number + 1}\">next</a> <a href=\"/{number}#top\">top</a>");
            }
            else
            {
                context.Response.StatusCode = 404;
            }
        });
    }

    [Fact]
    public async Task Nofollow_and_forbidden_redirect_targets_are_not_visited()
    {
        var visited = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!;
            visited.Enqueue(path);
            switch (path)
            {
                case "/robots.txt":
                    await context.Response.WriteAsync("User-agent: *\nDisallow: /hidden");
                    break;
                case "/":
                    await PageAsync(context, """<a href="/jump">a</a><a rel="nofollow" href="/sponsored">b</a><a href="/closed">c</a>""");
                    break;
                case "/jump":
                    context.Response.Redirect("/hidden/page");
                    break;
                case "/closed":
                    context.Response.Headers["X-Robots-Tag"] = "nofollow, noindex";
                    await PageAsync(context, """<a href="/beyond">d</a>""");
                    break;
                default:
                    await PageAsync(context, "unexpected");
                    break;
            }
        });
        var result = await RunAsync(server.Url("/"), "\"depth\":3");
        visited.Distinct(StringComparer.Ordinal).ShouldBe(["/robots.txt", "/", "/sitemap.xml", "/jump", "/closed"], ignoreOrder: true);
        result.GetProperty("issues").EnumerateArray().Select(issue => issue.GetProperty("id").GetString()).Count(id => id == "robots.noindex").ShouldBe(1);
    }

    [Theory]
    [InlineData(503, "", true, "robots_unavailable")]
    [InlineData(200, "User-agent: *\nDisallow: /", false, "robots_disallowed")]
    public async Task A_site_that_forbids_the_start_page_is_not_crawled(int status, string robots, bool retryable, string code)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(robots);
        });
        var failed = (await Handler().ExecuteAsync(new FakeJobContext("autopilot.growth.seo_scan", $$"""{"url":"{{server.Url("/")}}"}"""), Cancel))
            .ShouldBeOfType<HandlerResult.Failed>();
        (failed.Retryable, failed.Error.Code).ShouldBe((retryable, code));
    }

    [Theory]
    [InlineData("{}", "invalid_url")]
    [InlineData("""{"url":"http://192.168.0.1/"}""", "outbound_refused")]
    [InlineData("""{"target_url":"ftp://example.org/"}""", "invalid_url")]
    public async Task A_wrong_address_fails_for_good(string inputs, string code) =>
        (await Handler().ExecuteAsync(new FakeJobContext("autopilot.growth.seo_scan", inputs), Cancel)).ShouldFailForGood().Code.ShouldBe(code);

    private static async Task<JsonElement> RunAsync(Uri url, string more) =>
        (await Handler().ExecuteAsync(new FakeJobContext("autopilot.growth.seo_scan", $$"""{"url":"{{url}}",{{more}}}"""), Cancel)).ShouldSucceed();

    private static SeoScanHandler Handler() =>
        new(new GuardedHttpClient(new OutboundOptions { AllowedPrivateHosts = ["localhost"] }, new SystemNameResolver()));

    private static Task PageAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync($"<html><head><title>Page {context.Request.Path}</title></head><body>{body}</body></html>");
    }
}
