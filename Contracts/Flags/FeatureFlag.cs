using System.Collections.Frozen;

namespace JobForge.Contracts.Flags;

/// <summary>The switches of the contract; all off by default but the demand for policy tokens.</summary>
public enum FeatureFlag
{
    EventsEnabled,
    TriggersEnabled,
    AutopilotJobsEnabled,
    ActionJobsEnabled,
    AuditLoggingEnabled,
    ManifestsEnabled,
    RequirePolicyTokens,
}

public static class FeatureFlags
{
    private static readonly (FeatureFlag Flag, string Word, string Variable, bool Default)[] Table =
    [
        (FeatureFlag.EventsEnabled, "events_enabled", "JOBFORGE_EVENTS_ENABLED", false),
        (FeatureFlag.TriggersEnabled, "triggers_enabled", "JOBFORGE_TRIGGERS_ENABLED", false),
        (FeatureFlag.AutopilotJobsEnabled, "autopilot_jobs_enabled", "JOBFORGE_AUTOPILOT_JOBS_ENABLED", false),
        (FeatureFlag.ActionJobsEnabled, "action_jobs_enabled", "JOBFORGE_ACTION_JOBS_ENABLED", false),
        (FeatureFlag.AuditLoggingEnabled, "audit_logging_enabled", "JOBFORGE_AUDIT_LOGGING_ENABLED", false),
        (FeatureFlag.ManifestsEnabled, "manifests_enabled", "JOBFORGE_MANIFESTS_ENABLED", false),
        (FeatureFlag.RequirePolicyTokens, "require_policy_tokens", "JOBFORGE_REQUIRE_POLICY_TOKENS", true),
    ];

    private static readonly FrozenDictionary<string, FeatureFlag> ByWord =
        Table.SelectMany(row => new[] { (row.Word, row.Flag), (row.Variable, row.Flag) }).ToFrozenDictionary(pair => pair.Item1, pair => pair.Flag, StringComparer.Ordinal);

    public static IReadOnlyList<FeatureFlag> All { get; } = [.. Table.Select(row => row.Flag)];

    /// <summary>The member name in a flag summary, e.g. <c>events_enabled</c>.</summary>
    public static string Word(this FeatureFlag flag) => Table[(int)flag].Word;

    /// <summary>The environment variable, e.g. <c>JOBFORGE_EVENTS_ENABLED</c>.</summary>
    public static string Variable(this FeatureFlag flag) => Table[(int)flag].Variable;

    public static bool Default(this FeatureFlag flag) => Table[(int)flag].Default;

    /// <summary>Finds a flag by its summary word or its variable name.</summary>
    public static bool TryParse(string name, out FeatureFlag flag) => ByWord.TryGetValue(name, out flag);

    /// <summary>On for <c>1</c> and <c>true</c> in any case, off for everything else.</summary>
    public static bool IsOn(string? text) => text is "1" || string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
