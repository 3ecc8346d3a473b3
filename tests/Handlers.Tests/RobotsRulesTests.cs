using JobForge.Handlers.Growth;

namespace JobForge.Tests.Handlers;

public sealed class RobotsRulesTests
{
    [Theory]
    [InlineData("User-agent: *\nDisallow: /private", "/private/x", false)]
    [InlineData("User-agent: *\nDisallow: /private", "/privately", false)]
    [InlineData("User-agent: *\nDisallow: /private/", "/private", true)]
    [InlineData("User-agent: *\nDisallow:", "/anything", true)]
    [InlineData("User-agent: *\nDisallow: /", "/robots.txt", true)]
    [InlineData("User-agent: *\nDisallow: /p\nAllow: /page", "/page/1", true)]
    [InlineData("User-agent: *\nAllow: /page\nDisallow: /page/secret", "/page/secret", false)]
    [InlineData("User-agent: *\nDisallow: /page\nAllow: /page", "/page", true)]
    [InlineData("User-agent: *\nAllow: /page\nDisallow: /page", "/page", true)]
    [InlineData("User-agent: *\nDisallow: /*.gif$", "/a/b.gif", false)]
    [InlineData("User-agent: *\nDisallow: /*.gif$", "/a/b.gif?x", true)]
    [InlineData("User-agent: *\nDisallow: /*/edit", "/wiki/page/edit/1", false)]
    [InlineData("User-agent: *\nDisallow: /a$", "/a", false)]
    [InlineData("User-agent: *\nDisallow: /a$", "/ab", true)]
    [InlineData("User-agent: *\nDisallow: /caf%c3%a9", "/caf%C3%A9", false)]
    [InlineData("User-agent: *\nDisallow: /%7Ejoe", "/~joe/index", false)]
    [InlineData("User-agent: other\nDisallow: /", "/x", true)]
    [InlineData("User-agent: *\nDisallow: /\n\nUser-agent: jobforgebot\nDisallow: /only", "/x", true)]
    [InlineData("User-agent: *\nDisallow: /\n\nUser-agent: JobForgeBot/2.0\nDisallow: /only", "/only", false)]
    [InlineData("User-agent: a\nUser-agent: JobForgeBot\nDisallow: /x", "/x", false)]
    [InlineData("User-agent: JobForgeBot\nDisallow: /x\nUser-agent: b\nDisallow: /y", "/y", true)]
    [InlineData("User-agent: JobForgeBot\nDisallow: /x\n\nUser-agent: JobForgeBot\nDisallow: /y", "/y", false)]
    [InlineData("User-agent: JobForgeBot\nSitemap: /s.xml\nUser-agent: b\nDisallow: /y", "/y", false)]
    [InlineData("\uFEFFUSER-AGENT : * # all\r\nDISALLOW : /x # no", "/x", false)]
    [InlineData("Disallow: /x", "/x", true)]
    [InlineData("<html>not a robots file</html>", "/x", true)]
    public void The_longest_matching_rule_of_the_right_group_decides(string text, string path, bool allowed) =>
        RobotsRules.Parse(text, "JobForgeBot").Allows(path).ShouldBe(allowed);

    [Fact]
    public void Delay_and_sitemaps_are_read()
    {
        var rules = RobotsRules.Parse("Sitemap: https://a.example/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow:\nSitemap: https://a.example/2.xml", "JobForgeBot");
        rules.CrawlDelaySeconds.ShouldBe(2.5);
        rules.Sitemaps.ShouldBe(["https://a.example/1.xml", "https://a.example/2.xml"]);
    }

    [Fact]
    public void A_hostile_pattern_is_judged_in_bounded_time()
    {
        var pattern = "/" + string.Concat(Enumerable.Repeat("*a", 2000)) + "$";
        RobotsRules.Parse($"User-agent: *\nDisallow: {pattern}", "JobForgeBot").Allows("/" + new string('a', 3000) + "b").ShouldBeTrue();
    }

    [Theory]
    [InlineData("/a/../b#part", "https://x.example/b")]
    [InlineData("HTTPS://X.EXAMPLE:443/", "https://x.example/")]
    [InlineData("?b=2&utm_source=mail&a=1", "https://x.example/dir/page?b=2&a=1")]
    [InlineData("next", "https://x.example/dir/next")]
    [InlineData("//y.example", "https://y.example/")]
    [InlineData("mailto:a@b.example", null)]
    [InlineData("javascript:void(0)", null)]
    [InlineData("", null)]
    public void A_reference_becomes_one_canonical_address(string reference, string? address) =>
        (PageUrl.Canonical(new Uri("https://x.example/dir/page"), reference)?.ToString()).ShouldBe(address);
}
