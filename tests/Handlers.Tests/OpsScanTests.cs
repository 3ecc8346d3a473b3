using System.Text;
using System.Text.Json;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops;
using JobForge.Silo.Demo;
using Microsoft.AspNetCore.Http;

namespace JobForge.Tests.Handlers;

public sealed class OpsScanTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_scan_of_the_demo_site_finds_the_planted_faults_and_no_others()
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, Cancel);
        var context = Context("""{"target":"production","scan_type":"full"}""");
        var result = (await Handler(("production", site.HttpsUrl.ToString())).ExecuteAsync(context, Cancel)).ShouldSucceed();

        Ids(result).ShouldBe(DemoPages.ScanFaults.Select(fault => fault.Rule), ignoreOrder: true);
        var target = result.GetProperty("targets").EnumerateArray().ShouldHaveSingleItem();
        target.GetProperty("certificate_days_left").GetInt32().ShouldBe(10);
        target.GetProperty("latency_ms").GetProperty("tls_ms").GetDouble().ShouldBeGreaterThan(0);
        target.GetProperty("status").GetInt32().ShouldBe(200);

        // high 20 + medium 8 x 7 (expiry, HSTS, CSP, framing, cookie, compression, cache) + low 3 x 3 leaves 15.
        result.GetProperty("score").GetInt32().ShouldBe(15);
        result.GetProperty("summary").GetProperty("by_severity").GetProperty("medium").GetInt32().ShouldBe(7);
        JsonElement.DeepEquals(JsonElement.Parse(context.Artifacts["scan_report.json"]), result).ShouldBeTrue();
        Encoding.UTF8.GetString(context.Artifacts["scan_report.md"]).ShouldContain("Certificate is self-signed");

        // Landing page, two assets, five samples.
        context.Metrics["requests_made"].ShouldBe(8);
        context.Metrics["findings_total"].ShouldBe(DemoPages.ScanFaults.Count);
    }

    [Fact]
    public async Task Plain_http_is_itself_the_fault_and_HSTS_is_not_asked_of_it()
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, Cancel);
        var result = (await Handler().ExecuteAsync(Context($$"""{"url":"{{site.HttpUrl}}","checks":["ssl","redirects","headers"]}"""), Cancel)).ShouldSucceed();
        Ids(result).ShouldBe(
            ["ssl.plain_http", "redirects.no_https", "headers.csp_missing", "headers.frame_options_missing", "headers.content_type_options_missing", "headers.referrer_policy_missing"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_sound_site_has_no_findings()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            context.Response.Headers.SetCookie = "__Host-a=1; Secure; HttpOnly; SameSite=Strict; Path=/";
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html><body>fine</body></html>");
        });
        var result = (await Handler().ExecuteAsync(
            Context($$"""{"targets":["{{server.Url("/")}}"],"checks":["health","headers","cookies","compression","cache"]}"""), Cancel)).ShouldSucceed();
        Ids(result).ShouldBeEmpty();
        result.GetProperty("score").GetInt32().ShouldBe(100);
    }

    [Fact]
    public async Task A_target_that_is_down_is_a_finding_beside_the_others_and_a_redirect_circle_has_its_own()
    {
        await using var site = await DemoSite.StartAsync(TimeProvider.System, Cancel);
        await using var circle = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Redirect("/");
            return Task.CompletedTask;
        });
        var gone = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        var goneUrl = gone.Url("/");
        await gone.DisposeAsync();

        var handler = Handler(("production", site.HttpUrl.ToString()), ("circle", circle.Url("/").ToString()), ("gone", goneUrl.ToString()));
        var result = (await handler.ExecuteAsync(Context("""{"targets":["production","circle","gone"],"checks":["health"]}"""), Cancel)).ShouldSucceed();
        result.GetProperty("findings").EnumerateArray()
            .Select(finding => (finding.GetProperty("id").GetString(), finding.GetProperty("severity").GetString(), finding.GetProperty("target").GetString()))
            .ShouldBe([("availability.unreachable", "critical", goneUrl.ToString()), ("redirects.endless", "high", circle.Url("/").ToString())]);
        result.GetProperty("summary").GetProperty("targets_down").GetInt32().ShouldBe(2);

        // 100, 80 and 60.
        result.GetProperty("score").GetInt32().ShouldBe(80);
    }

    [Theory]
    [InlineData("""{"target":"staging"}""", "unknown_target", "production")]
    [InlineData("{}", "unknown_target", "production")]
    [InlineData("""{"target":"production","scan_type":"vibes"}""", "unknown_scan_type", "security")]
    [InlineData("""{"target":"production","checks":["accessibility"]}""", "unknown_check", "accessibility")]
    [InlineData("""{"url":"http://10.0.0.1/","checks":["ssl"]}""", "outbound_refused", "private")]
    [InlineData("""{"targets":["http://169.254.169.254/","ftp://example.org/"]}""", "outbound_refused", "link_local")]
    public async Task Wrong_inputs_fail_for_good_and_name_what_would_do(string inputs, string code, string word)
    {
        var error = (await Handler(("production", "http://localhost:1/")).ExecuteAsync(Context(inputs), Cancel)).ShouldFailForGood();
        error.Code.ShouldBe(code);
        error.Message.ShouldContain(word);
    }

    [Fact]
    public void A_tenants_own_target_goes_before_the_common_one()
    {
        var targets = new OpsTargets
        {
            Names = { ["production"] = ["https://common.example/"] },
            Tenants = { ["tenant-a"] = new Dictionary<string, IList<string>>(StringComparer.Ordinal) { ["production"] = ["https://a.example/", "shop.a.example"] } },
        };
        targets.Resolve(new("tenant-a"), ["production"]).Urls.ShouldBe([new Uri("https://a.example/"), new Uri("https://shop.a.example/")]);
        targets.Resolve(new("tenant-b"), ["production"]).Urls.ShouldBe([new Uri("https://common.example/")]);
    }

    private static OpsScanHandler Handler(params (string Name, string Url)[] named)
    {
        var targets = new OpsTargets { Names = named.ToDictionary(pair => pair.Name, pair => (IList<string>)[pair.Url], StringComparer.OrdinalIgnoreCase) };
        return new OpsScanHandler(new GuardedHttpClient(new OutboundOptions { AllowedPrivateHosts = ["localhost"] }, new SystemNameResolver()), targets);
    }

    private static FakeJobContext Context(string inputs) => new("autopilot.ops.scan", inputs);

    private static IEnumerable<string?> Ids(JsonElement result) =>
        result.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString());
}
