namespace JobForge.Handlers.Reports;

/// <summary>How bad a finding is, worst first.</summary>
public enum Severity
{
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// <summary>Points from 0 to 100 by one rule for every report, so that scores compare.</summary>
public static class Scoring
{
    public static IReadOnlyDictionary<string, int> Penalties { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["critical"] = 40,
        ["high"] = 20,
        ["medium"] = 8,
        ["low"] = 3,
        ["info"] = 0,
    };

    public static string Word(this Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.High => "high",
        Severity.Medium => "medium",
        Severity.Low => "low",
        _ => "info",
    };

    /// <summary>100 less the penalty of each finding, never below 0.</summary>
    public static int Score(IEnumerable<Severity> findings) => Math.Max(0, 100 - findings.Sum(severity => Penalties[severity.Word()]));

    /// <summary>The mean of the parts' scores, rounded; 100 for none.</summary>
    public static int Mean(IReadOnlyCollection<int> scores) => scores.Count == 0 ? 100 : (int)Math.Round(scores.Average(), MidpointRounding.AwayFromZero);

    public static IReadOnlyDictionary<string, int> Counts(IEnumerable<Severity> findings)
    {
        var counts = Penalties.Keys.ToDictionary(word => word, _ => 0, StringComparer.Ordinal);
        foreach (var severity in findings)
        {
            counts[severity.Word()]++;
        }

        return counts;
    }
}

/// <summary>How a report's score was made, told with the report.</summary>
public sealed record ScoreRules(string Text, IReadOnlyDictionary<string, int> Penalties);
