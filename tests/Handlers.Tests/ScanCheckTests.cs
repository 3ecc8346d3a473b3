using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops;
using JobForge.Handlers.Ops.Checks;
using JobForge.Handlers.Reports;

namespace JobForge.Tests.Handlers;

/// <summary>The judgement of each check, on evidence made by hand.</summary>
public sealed class ScanCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1.0, "ssl.expired")]
    [InlineData(0.0, "ssl.expired")]
    [InlineData(0.5, "ssl.expires_in_days")]
    [InlineData(6.9, "ssl.expires_in_days")]
    [InlineData(7.0, "ssl.expires_soon")]
    [InlineData(29.9, "ssl.expires_soon")]
    [InlineData(30.0, null)]
    public void Expiry_is_judged_by_whole_days_left(double days, string? rule) =>
        Ids(new SslCheck(), Secure(Leaf() with { NotAfter = Now.AddDays(days) })).ShouldBe(rule is null ? [] : [rule]);

    [Fact]
    public void Certificates_fail_for_the_reason_that_they_have()
    {
        Ids(new SslCheck(), Secure(Leaf() with { NotBefore = Now.AddHours(1) })).ShouldBe(["ssl.not_yet_valid"]);
        Ids(new SslCheck(), Secure(Leaf() with { SelfIssued = true }, "untrusted_root")).ShouldBe(["ssl.self_signed"]);
        Ids(new SslCheck(), Secure(Leaf(), "partial_chain")).ShouldBe(["ssl.untrusted_chain"]);
        Ids(new SslCheck(), Secure(Leaf(), "name_mismatch")).ShouldBe(["ssl.name_mismatch"]);
        Ids(new SslCheck(), Secure(Leaf() with { KeyBits = 1024 })).ShouldBe(["ssl.weak_key"]);
        Ids(new SslCheck(), Secure(Leaf() with { SignatureAlgorithm = "sha1RSA" })).ShouldBe(["ssl.weak_key"]);
        Ids(new SslCheck(), Secure(Leaf())).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Strict-Transport-Security", "max-age=63072000; includeSubDomains", "")]
    [InlineData("Strict-Transport-Security", "max-age=3600", "headers.hsts_short")]
    [InlineData("Strict-Transport-Security", "max-age=0", "headers.hsts_short")]
    [InlineData("Strict-Transport-Security", "nonsense", "headers.hsts_short")]
    [InlineData("Content-Security-Policy", "script-src 'unsafe-inline'; frame-ancestors 'none'", "headers.csp_unsafe_inline")]
    [InlineData("Content-Security-Policy", "script-src 'unsafe-inline' 'nonce-x'; frame-ancestors 'none'", "")]
    [InlineData("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'", "")]
    [InlineData("Content-Security-Policy", "default-src 'self'", "headers.frame_options_missing")]
    [InlineData("X-Content-Type-Options", "sniff", "headers.content_type_options_missing")]
    [InlineData("Server", "nginx", "")]
    [InlineData("Server", "nginx/1.18.0", "headers.server_banner")]
    [InlineData("X-Powered-By", "PHP/8.1", "headers.server_banner")]
    public void One_changed_header_changes_one_finding(string name, string value, string rule)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Strict-Transport-Security"] = "max-age=31536000",
            ["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'",
            ["X-Content-Type-Options"] = "nosniff",
            ["Referrer-Policy"] = "no-referrer",
            [name] = value,
        };
        Ids(new HeadersCheck(), Answer("https://a.example/", headers)).ShouldBe(rule.Length == 0 ? [] : [rule]);
    }

    [Fact]
    public void Cookies_are_judged_by_attribute_and_their_values_stay_out_of_the_report()
    {
        var answer = Answer("https://a.example/", []) with
        {
            Headers =
            [
                KeyValuePair.Create("Set-Cookie", "sid=topsecret; secure; HTTPONLY; samesite=Lax"),
                KeyValuePair.Create("Set-Cookie", "Secure=topsecret; Path=/"),
            ],
        };
        var findings = Examine(new CookiesCheck(), answer).ToList();
        findings.Select(finding => finding.Id).ShouldBe(["cookies.secure_missing", "cookies.http_only_missing", "cookies.same_site_missing"]);
        findings.ShouldAllBe(finding => finding.Evidence == "Set-Cookie of Secure.");
    }

    [Fact]
    public void The_way_from_plain_http_and_back_is_judged()
    {
        var check = new RedirectsCheck();
        var landing = Answer("https://a.example/", []);
        var target = Target("https://a.example/", landing);
        check.Examine(target, landing).ShouldBeEmpty();
        check.Examine(target with { PlainDoor = landing }, landing).ShouldBeEmpty();
        check.Examine(target with { PlainDoor = Answer("http://a.example/", []) }, landing).Single().Id.ShouldBe("redirects.no_https");

        var hop = new RedirectHop(new Uri("https://a.example/"), 302, new Uri("http://a.example/x"), []);
        var lost = Answer("http://a.example/x", []) with { Hops = [hop, hop, hop] };
        check.Examine(target, lost).Select(finding => finding.Id).ShouldBe(["redirects.downgrade", "redirects.chain"]);
    }

    [Theory]
    [InlineData("public, max-age=31536000, immutable", "\"tag\"", "")]
    [InlineData("no-store", "\"tag\"", "cache.not_stored")]
    [InlineData("max-age=60", "\"tag\"", "cache.short_life")]
    [InlineData("max-age=60, s-maxage=86400", "\"tag\"", "")]
    [InlineData(null, "\"tag\"", "cache.policy_missing")]
    [InlineData("max-age=86400", null, "cache.validator_missing")]
    public void Cache_policy_of_assets_is_judged(string? policy, string? tag, string rule)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (policy is not null)
        {
            headers["Cache-Control"] = policy;
        }

        if (tag is not null)
        {
            headers["ETag"] = tag;
        }

        var landing = Answer("https://a.example/", []);
        var target = Target("https://a.example/", landing) with { Assets = [Answer("https://a.example/a.css", headers)] };
        new CacheCheck().Examine(target, landing).Select(finding => finding.Id).ShouldBe(rule.Length == 0 ? [] : [rule]);
    }

    [Theory]
    [InlineData("text/html", 1024, null, 1)]
    [InlineData("application/json", 2000, null, 1)]
    [InlineData("text/html", 1023, null, 0)]
    [InlineData("image/png", 5000, null, 0)]
    [InlineData("text/html", 5000, "br", 0)]
    public void Only_sizeable_unpacked_text_counts(string type, int size, string? encoding, int findings)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = type };
        if (encoding is not null)
        {
            headers["Content-Encoding"] = encoding;
        }

        var answer = Answer("https://a.example/", headers) with { WireBytes = size, Body = Encoding.ASCII.GetBytes(new string('x', size)) };
        Examine(new CompressionCheck(), answer).Count().ShouldBe(findings);
    }

    [Fact]
    public void Latency_is_the_median_so_one_slow_sample_is_no_finding()
    {
        Slow(10, 20, 9000).ShouldBeEmpty();
        Slow(10, 1500, 1501).Single().Severity.ShouldBe(Severity.Medium);
        Slow(5000, 4000, 1, 3000.5).Single().Severity.ShouldBe(Severity.High);

        static IEnumerable<Finding> Slow(params double[] totals)
        {
            var landing = Answer("https://a.example/", []);
            var target = Target("https://a.example/", landing) with { Samples = [.. totals.Select(total => new RequestTiming(1, 1, 1, 1, total))] };
            return new LatencyCheck().Examine(target, landing);
        }
    }

    private static IEnumerable<string> Ids(IScanCheck check, GuardedResponse landing) => Examine(check, landing).Select(finding => finding.Id);

    private static IEnumerable<Finding> Examine(IScanCheck check, GuardedResponse landing) =>
        check.Examine(Target("https://a.example/", landing), landing);

    private static TargetEvidence Target(string url, GuardedResponse landing) =>
        new() { Target = url, Url = new Uri(url), SeenAt = Now, Landing = landing };

    private static GuardedResponse Secure(CertificateFacts leaf, params string[] errors) => Answer("https://a.example/", []) with
    {
        Tls = new TlsFacts(SslProtocols.Tls13, nameof(TlsCipherSuite.TLS_AES_128_GCM_SHA256), ["a.example"], [leaf], errors),
    };

    private static CertificateFacts Leaf() => new("CN=a.example", "CN=Authority", Now.AddDays(-10), Now.AddDays(80), "sha256RSA", 2048, SelfIssued: false);

    private static GuardedResponse Answer(string url, IReadOnlyDictionary<string, string> headers) => new()
    {
        Url = new Uri(url),
        Status = 200,
        Headers = [.. headers],
        Timing = new RequestTiming(0, 0, 0, 0, 0),
    };

    private static GuardedResponse Answer(string url, KeyValuePair<string, string>[] headers) => new()
    {
        Url = new Uri(url),
        Status = 200,
        Headers = headers,
        Timing = new RequestTiming(0, 0, 0, 0, 0),
    };
}
