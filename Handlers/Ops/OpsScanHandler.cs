using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops.Checks;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops;

/// <summary>
/// <c>autopilot.ops.scan</c>: looks at web targets from outside and reports what is wrong with them. A target that is down is a finding, not a
/// failed run; a run fails for good when its inputs are wrong or the guard refuses every target.
/// Result and <c>scan_report.json</c>: <see cref="ScanReport"/>; <c>scan_report.md</c> is the same for people.
/// </summary>
public sealed class OpsScanHandler(GuardedHttpClient http, OpsTargets targets) : IJobHandler
{
    private static readonly Rule Unreachable = new("availability.unreachable", Severity.Critical, "Target does not answer", "Check that the service runs and that its name resolves.");
    private static readonly Rule Refused = new("availability.refused", Severity.Info, "Target may not be scanned from here", "Allow its host or network for outbound calls, or scan a public address.");
    private static readonly Rule RedirectTrap = new("redirects.endless", Severity.High, "Redirects do not end", "Let each URL redirect to its final address at once.");

    private static readonly IScanCheck[] Checks =
    [
        new HealthCheck(), new SslCheck(), new HeadersCheck(), new CookiesCheck(), new RedirectsCheck(),
        new CompressionCheck(), new CacheCheck(), new CdnCheck(), new LatencyCheck(),
    ];

    public string TemplateKey => "autopilot.ops.scan";

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var inputs = context.Inputs.Deserialize<Inputs>(ContractJson.Options) ?? new Inputs();
        if (ScanPlan.Of(inputs.ScanType, inputs.Checks) is not { } plan)
        {
            return HandlerResult.Permanent("unknown_scan_type", $"scan_type '{inputs.ScanType}' is none of security, cost, performance, health, full.");
        }

        if (plan.Checks.Count == 0)
        {
            return HandlerResult.Permanent("unknown_check", $"None of the checks is known: {string.Join(", ", plan.Unknown)}.");
        }

        var (urls, error) = targets.Resolve(context.TenantId, inputs.Asked());
        if (error is not null)
        {
            return HandlerResult.Permanent("unknown_target", error);
        }

        foreach (var word in plan.Unknown)
        {
            context.Log($"There is no check '{word}'; it is left out.", RunLogLevel.Warning);
        }

        var seen = await LookAsync(context, plan, urls, cancel);
        return seen.All(target => target.Refused)
            ? HandlerResult.Permanent("outbound_refused", string.Join(" ", seen.Select(target => target.FailureMessage)))
            : await ReportAsync(context, plan, seen, cancel);
    }

    private async Task<List<TargetEvidence>> LookAsync(IJobContext context, ScanPlan plan, IReadOnlyList<Uri> urls, CancellationToken cancel)
    {
        using var session = http.Open(context.Time, SessionKind.Probe);
        var probe = new TargetProbe(session, context.Time, plan.Checks.ToHashSet(StringComparer.Ordinal));
        var seen = new List<TargetEvidence>();
        foreach (var url in urls)
        {
            context.Progress(90.0 * seen.Count / urls.Count, $"Looking at {url.Host}");
            var target = await probe.LookAsync(url, cancel);
            seen.Add(target);
            context.Log(target.Landing is { } landing
                ? $"{target.Target} answered {landing.Status} in {landing.Timing.TotalMs:F0} ms."
                : $"{target.Target}: {target.FailureMessage}");
        }

        context.Metric("requests_made", probe.RequestsMade);
        context.Metric("bytes_received", probe.BytesReceived);
        return seen;
    }

    private static async Task<HandlerResult> ReportAsync(IJobContext context, ScanPlan plan, IReadOnlyList<TargetEvidence> seen, CancellationToken cancel)
    {
        var findings = seen.SelectMany(target => Judge(target, plan)).ToList();
        var report = ScanReport.Of(plan.ScanType, plan.Checks, seen, findings, context.Time.GetUtcNow());
        context.Metric("findings_total", findings.Count);
        context.Metric("targets_total", seen.Count);
        context.Metric("score", report.Score);
        var result = ReportWriting.ToJson(report);
        await context.WriteJsonAsync("scan_report.json", result, cancel);
        await context.WriteMarkdownAsync("scan_report.md", report.ToMarkdown(), cancel);
        context.Progress(100, $"{findings.Count} findings");
        return HandlerResult.Success(result);
    }

    private static IEnumerable<Finding> Judge(TargetEvidence target, ScanPlan plan)
    {
        if (target.Landing is { } landing)
        {
            return Checks.Where(check => plan.Checks.Contains(check.Name, StringComparer.Ordinal)).SelectMany(check => check.Examine(target, landing));
        }

        var rule = target.Refused ? Refused
            : target.FailureCode!.StartsWith("redirect", StringComparison.Ordinal) ? RedirectTrap
            : Unreachable;
        return [rule.At(target, target.FailureMessage!)];
    }

    private sealed record Inputs
    {
        public string? Target { get; init; }

        public string? Url { get; init; }

        public IReadOnlyList<string>? Targets { get; init; }

        public string? ScanType { get; init; }

        public IReadOnlyList<string>? Checks { get; init; }

        public IEnumerable<string> Asked() => new[] { Target, Url }.OfType<string>().Concat(Targets ?? []);
    }
}
