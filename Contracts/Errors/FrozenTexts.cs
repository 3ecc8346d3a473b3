namespace JobForge.Contracts.Errors;

/// <summary>Texts that callers branch on. They never change; a test holds each against the contract.</summary>
public static class FrozenTexts
{
    public const string EventsDisabled = "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.";
    public const string AutopilotJobsDisabled = "Autopilot jobs are disabled. Set JOBFORGE_AUTOPILOT_JOBS_ENABLED=1 to enable.";
    public const string ActionJobsDisabled = "Action jobs are disabled. Set JOBFORGE_ACTION_JOBS_ENABLED=1 to enable.";
    public const string TriggersDisabled = "Triggers are disabled. Set JOBFORGE_TRIGGERS_ENABLED=1 to enable.";
    public const string ManifestsDisabled = "Artifact manifests are disabled. Set JOBFORGE_MANIFESTS_ENABLED=1 to enable.";
    public const string PolicyTokenRequired = "Policy token required for action jobs";

    public static string TemplateDisabled(string key) => $"Template is disabled: {key}";

    public static string TemplateNotFound(string key) => $"Template not found: {key}";
}
