using System.Globalization;
using System.Text;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops.Checks;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops;

/// <summary>Result of an <c>autopilot.ops.scan</c> run, and its <c>scan_report.json</c>.</summary>
/// <param name="Score">0-100, the mean over the targets; <paramref name="ScoreRules"/> says how.</param>
public sealed record ScanReport(
    int Score,
    ScanSummary Summary,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<TargetReport> Targets,
    ScoreRules ScoreRules)
{
    public static ScanReport Of(string scanType, IReadOnlyList<string> checks, IReadOnlyList<TargetEvidence> targets, IReadOnlyList<Finding> findings, DateTimeOffset at)
    {
        var reports = targets
            .Select(target => TargetReport.Of(target, Scoring.Score(findings.Where(finding => finding.Target == target.Target).Select(finding => finding.Severity))))
            .ToList();
        return new ScanReport(
            Scoring.Mean([.. reports.Select(report => report.Score)]),
            new ScanSummary(scanType, checks, at, targets.Count, targets.Count(target => target.Landing is null), findings.Count, Scoring.Counts(findings.Select(finding => finding.Severity))),
            [.. findings.OrderBy(finding => finding.Severity).ThenBy(finding => finding.Target, StringComparer.Ordinal).ThenBy(finding => finding.Id, StringComparer.Ordinal)],
            reports,
            new ScoreRules("Each target starts at 100 and loses the penalty of each finding, down to 0; the score is the mean over the targets, rounded.", Scoring.Penalties));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("# Scan report").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"**Score:** {Score} of 100 · **Findings:** {Summary.FindingsTotal} · **Scan:** {Summary.ScanType} · **At:** {Timestamp.Format(Summary.ScannedAt)}")
            .AppendLine().AppendLine("| Target | Score | Status | Median total (ms) | CDN |").AppendLine("| --- | --- | --- | --- | --- |");
        foreach (var target in Targets)
        {
            var latency = target.LatencyMs?.TotalMs.ToString("F1", CultureInfo.InvariantCulture) ?? "-";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {ReportWriting.Plain(target.Target)} | {target.Score} | {target.Status?.ToString() ?? target.Failure} | {latency} | {target.Cdn ?? "-"} |");
        }

        text.AppendLine().AppendLine("## Findings");
        foreach (var finding in Findings)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {finding.Severity.Word()}: {finding.Title}").AppendLine()
                .AppendLine(CultureInfo.InvariantCulture, $"- Target: {ReportWriting.Plain(finding.Target)}")
                .AppendLine(CultureInfo.InvariantCulture, $"- Rule: `{finding.Id}`")
                .AppendLine(CultureInfo.InvariantCulture, $"- Evidence: {ReportWriting.Plain(finding.Evidence)}")
                .AppendLine(CultureInfo.InvariantCulture, $"- Remedy: {finding.Remedy}");
        }

        text.AppendLine().AppendLine("## How the score is made").AppendLine().AppendLine(ScoreRules.Text);
        return text.ToString();
    }
}

public sealed record ScanSummary(
    string ScanType,
    IReadOnlyList<string> Checks,
    DateTimeOffset ScannedAt,
    int TargetsTotal,
    int TargetsDown,
    int FindingsTotal,
    IReadOnlyDictionary<string, int> BySeverity);

/// <summary>What was measured of one target, beside its findings.</summary>
public sealed record TargetReport(string Target, int Score)
{
    public string? FinalUrl { get; init; }

    public int? Status { get; init; }

    /// <summary>Why the target gave no page, e.g. <c>timed_out</c>.</summary>
    public string? Failure { get; init; }

    /// <summary>Medians; null when latency was not asked for.</summary>
    public RequestTiming? LatencyMs { get; init; }

    public string? TlsProtocol { get; init; }

    public string? TlsCipher { get; init; }

    /// <summary>The leaf first; empty without TLS.</summary>
    public IReadOnlyList<CertificateFacts> CertificateChain { get; init; } = [];

    public int? CertificateDaysLeft { get; init; }

    public string? Cdn { get; init; }

    internal static TargetReport Of(TargetEvidence target, int score) => new(target.Target, score)
    {
        FinalUrl = target.Landing?.Url.ToString(),
        Status = target.Landing?.Status,
        Failure = target.FailureCode,
        LatencyMs = LatencyCheck.MedianOf(target.Samples),
        TlsProtocol = target.Landing?.Tls?.Protocol.ToString(),
        TlsCipher = target.Landing?.Tls?.Cipher,
        CertificateChain = target.Landing?.Tls?.Chain ?? [],
        CertificateDaysLeft = target.Landing?.Tls?.Leaf?.DaysLeft(target.SeenAt),
        Cdn = target.Landing is { } landing ? CdnCheck.NetworkOf(landing) : null,
    };
}
