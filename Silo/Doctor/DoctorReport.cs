using System.Globalization;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;
using JobForge.Storage.Doctor;

namespace JobForge.Silo.Doctor;

/// <summary>A check-up in words, and as JSON for tools.</summary>
internal static class DoctorReport
{
    public static string Text(CheckupReport report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{finding.Check.Severity.ToString().ToUpperInvariant()} {finding.Check.Name}: {finding.Count}{(finding.Repaired > 0 ? $", {finding.Repaired} repaired" : "")}");
            text.AppendLine("  " + finding.Check.Meaning);
            text.AppendLine("  To do: " + finding.Check.Remedy + (finding.Check.Repair is null || finding.Repaired > 0 ? "" : " (doctor --repair)"));
            foreach (var sample in finding.Samples)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  - {(sample.Tenant is { } tenant ? $"tenant {tenant}, " : "")}{sample.Subject}: {sample.Story}");
            }

            if (finding.Count > finding.Samples.Count)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  - and {finding.Count - finding.Samples.Count} more");
            }
        }

        foreach (var reason in report.Skipped.GroupBy(skipped => skipped.Reason, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Not judged ({reason.Key}): {string.Join(", ", reason.Select(skipped => skipped.Check.Name))}");
        }

        var rows = string.Join(", ", report.Examined.Select(table => $"{table.Value} of {table.Key}"));
        var verdict = report.Findings.Count switch { 0 => "Healthy", 1 => "1 check has findings", var checks => $"{checks} checks have findings" };
        text.Append(CultureInfo.InvariantCulture, $"{verdict}. {Checks.All.Count - report.Skipped.Count} checks in {report.Took.TotalSeconds:0.0} s, {report.Processes} processes alive; rows: {rows}.");
        return text.ToString();
    }

    public static string Json(CheckupReport report) => JsonSerializer.Serialize(
        new
        {
            report.At,
            Healthy = report.Findings.Count == 0,
            TookMs = (long)report.Took.TotalMilliseconds,
            report.Processes,
            report.Examined,
            Findings = report.Findings.Select(finding => new
            {
                Check = finding.Check.Name,
                finding.Check.Severity,
                finding.Count,
                finding.Repaired,
                finding.Check.Meaning,
                finding.Check.Remedy,
                CanRepair = finding.Check.Repair is not null,
                finding.Samples,
            }),
            Skipped = report.Skipped.Select(skipped => new { Check = skipped.Check.Name, skipped.Reason }),
        },
        ContractJson.Options);
}
