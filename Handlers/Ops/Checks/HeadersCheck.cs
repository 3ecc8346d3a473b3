using System.Globalization;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Security headers of the landing page, and headers that tell too much.</summary>
internal sealed class HeadersCheck : IScanCheck
{
    private const long ShortestHstsSeconds = 180L * 24 * 3600;

    private static readonly Rule HstsMissing = new("headers.hsts_missing", Severity.Medium, "No Strict-Transport-Security", "Send Strict-Transport-Security with max-age of a year.");
    private static readonly Rule HstsShort = new("headers.hsts_short", Severity.Low, "Strict-Transport-Security is too short", "Raise max-age to a year (31536000).");
    private static readonly Rule CspMissing = new("headers.csp_missing", Severity.Medium, "No Content-Security-Policy", "Send a Content-Security-Policy, first as Report-Only.");
    private static readonly Rule CspUnsafe = new("headers.csp_unsafe_inline", Severity.Low, "Content-Security-Policy allows inline scripts", "Replace 'unsafe-inline' by nonces or hashes.");
    private static readonly Rule SniffingOpen = new("headers.content_type_options_missing", Severity.Low, "Content type sniffing not switched off", "Send X-Content-Type-Options: nosniff.");
    private static readonly Rule ReferrerMissing = new("headers.referrer_policy_missing", Severity.Low, "No Referrer-Policy", "Send Referrer-Policy: strict-origin-when-cross-origin.");
    private static readonly Rule FramingOpen = new("headers.frame_options_missing", Severity.Medium, "Page may be framed by any site", "Send Content-Security-Policy: frame-ancestors 'self', or X-Frame-Options: DENY.");
    private static readonly Rule Banner = new("headers.server_banner", Severity.Low, "Server tells its software and version", "Remove version numbers from Server and X-Powered-By.");

    public string Name => "headers";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing) =>
        Transport(target, landing).Concat(Policy(target, landing)).Concat(Disclosure(target, landing));

    private static IEnumerable<Finding> Transport(TargetEvidence target, GuardedResponse landing)
    {
        // Browsers ignore this header over plain http, so its absence there is no fault of its own.
        if (landing.Url.Scheme != Uri.UriSchemeHttps)
        {
            yield break;
        }

        if (landing.Header("Strict-Transport-Security") is not { } hsts)
        {
            yield return HstsMissing.At(target, $"{landing.Url} sent no such header.");
        }
        else if (MaxAgeOf(hsts) < ShortestHstsSeconds)
        {
            yield return HstsShort.At(target, $"Strict-Transport-Security: {hsts}");
        }
    }

    private static IEnumerable<Finding> Policy(TargetEvidence target, GuardedResponse landing)
    {
        var csp = string.Join(", ", landing.HeaderValues("Content-Security-Policy"));
        if (csp.Length == 0)
        {
            yield return CspMissing.At(target, $"{landing.Url} sent no such header.");
        }
        else if (AllowsInlineScript(csp))
        {
            yield return CspUnsafe.At(target, $"Content-Security-Policy: {csp}");
        }

        if (!string.Equals(landing.Header("X-Content-Type-Options")?.Trim(), "nosniff", StringComparison.OrdinalIgnoreCase))
        {
            yield return SniffingOpen.At(target, $"X-Content-Type-Options: {landing.Header("X-Content-Type-Options") ?? "(none)"}");
        }

        if (landing.Header("Referrer-Policy") is null)
        {
            yield return ReferrerMissing.At(target, $"{landing.Url} sent no such header.");
        }

        if (!csp.Contains("frame-ancestors", StringComparison.OrdinalIgnoreCase)
            && landing.Header("X-Frame-Options")?.Trim().ToUpperInvariant() is not ("DENY" or "SAMEORIGIN"))
        {
            yield return FramingOpen.At(target, $"X-Frame-Options: {landing.Header("X-Frame-Options") ?? "(none)"}, no frame-ancestors.");
        }
    }

    private static IEnumerable<Finding> Disclosure(TargetEvidence target, GuardedResponse landing)
    {
        var banners = new[] { "Server", "X-Powered-By", "X-AspNet-Version", "X-Generator" }
            .Where(name => landing.Header(name)?.Any(char.IsAsciiDigit) == true)
            .Select(name => $"{name}: {landing.Header(name)}")
            .ToList();
        if (banners.Count > 0)
        {
            yield return Banner.At(target, string.Join("; ", banners));
        }
    }

    private static bool AllowsInlineScript(string csp)
    {
        var directives = csp.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var scripts = directives.FirstOrDefault(Is("script-src")) ?? directives.FirstOrDefault(Is("default-src"));

        // A nonce or hash beside 'unsafe-inline' switches it off in every browser of the last ten years.
        return scripts is not null && scripts.Contains("'unsafe-inline'", StringComparison.OrdinalIgnoreCase)
            && !scripts.Contains("'nonce-", StringComparison.OrdinalIgnoreCase) && !scripts.Contains("'sha", StringComparison.OrdinalIgnoreCase);

        static Func<string, bool> Is(string name) => text => text.Split(' ')[0].Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static long MaxAgeOf(string hsts)
    {
        var text = hsts.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(part => part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase))?["max-age=".Length..].Trim('"');
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
    }
}
