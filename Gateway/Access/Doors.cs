using System.Collections.Frozen;
using static JobForge.Contracts.Access.ApiKeyRole;

namespace JobForge.Gateway.Access;

/// <summary>The door table: every route of the gateway and the least role that opens it. A route that is not here cannot be mapped.</summary>
public static class Doors
{
    public static IReadOnlyList<Door> All { get; } =
    [
        new("submitEvents", "POST", "/v1/events", App, "Events", "Submits one event, or an array of up to 1000."),
        new("listEvents", "GET", "/v1/events", App, "Events", "Lists events, newest first."),

        new("requestJob", "POST", "/v1/jobs", App, "Jobs", "Requests a job from a template, or tries it with dry_run."),
        new("requestJobs", "POST", "/v1/jobs:batch", App, "Jobs", "Requests 1-1000 jobs of one tenant in one transaction."),
        new("listJobs", "GET", "/v1/jobs", App, "Jobs", "Lists jobs, newest first."),
        new("getJob", "GET", "/v1/jobs/{id}", App, "Jobs", "Reads a job."),
        new("whyJob", "GET", "/v1/jobs/{id}/why", App, "Jobs", "Says why a job waits, who comes first, and what would unblock it."),
        new("cancelJob", "POST", "/v1/jobs/{id}/cancel", App, "Jobs", "Cancels a queued job at once, asks a running one to stop."),
        new("retryJob", "POST", "/v1/jobs/{id}/retry", App, "Jobs", "Runs a failed job again under a new id."),
        new("rescheduleJob", "POST", "/v1/jobs/{id}/reschedule", App, "Jobs", "Moves a queued job to another time."),

        new("getRunStatus", "GET", "/v1/runs/{id}/status", App, "Runs", "Reads the job of a run."),
        new("getRunManifest", "GET", "/v1/runs/{id}/manifest", App, "Runs", "Reads a run's manifest."),
        new("getRunReport", "GET", "/v1/runs/{id}/report", App, "Runs", "Renders a run's manifest as Markdown."),
        new("listArtifacts", "GET", "/v1/runs/{id}/artifacts", App, "Runs", "Lists what a run made."),
        new("downloadArtifact", "GET", "/v1/runs/{id}/artifacts/{**name}", App, "Runs", "Streams one artifact."),
        new("getRunLogs", "GET", "/v1/runs/{id}/logs", App, "Runs", "Reads a run's log lines after a sequence number."),
        new("listAttempts", "GET", "/v1/runs/{id}/attempts", App, "Runs", "Lists a run's attempts."),

        new("streamRun", "GET", "/v1/runs/{id}/stream", App, "Runs", "Sends a run's status, progress and log lines as they come (server-sent events)."),

        new("listDeadLetters", "GET", "/v1/dead-letters", App, "Dead letters", "Lists failed jobs, newest first."),
        new("countDeadLetters", "GET", "/v1/dead-letters:count", App, "Dead letters", "Counts failed jobs by template and reason, up to a bound."),
        new("redriveDeadLetters", "POST", "/v1/dead-letters:redrive", TenantAdmin, "Dead letters",
            "Runs failed jobs again at a pace, each once, or says with dry_run which."),

        new("listPauses", "GET", "/v1/pauses", App, "Pauses", "Lists what is paused for a tenant; for operators without tenant_id, everywhere."),
        new("pauseJobs", "POST", "/v1/pauses", TenantAdmin, "Pauses",
            "Lets no more jobs start of a tenant, of a tenant's template, or (operators) of a template. Requests are still admitted."),
        new("resumeJobs", "POST", "/v1/pauses:resume", TenantAdmin, "Pauses", "Ends a pause; the jobs that it held become ready in slices."),

        new("listTemplates", "GET", "/v1/templates", App, "Templates", "Lists the template registry."),
        new("getTemplate", "GET", "/v1/templates/{key}", App, "Templates", "Reads a template."),
        new("patchTemplate", "PATCH", "/v1/templates/{key}", TenantAdmin, "Templates",
            "Changes a template for the cluster (operators), or switches it for one tenant."),

        new("getFlags", "GET", "/v1/flags", App, "Flags", "Reads the feature flags that hold for a tenant, or the cluster's."),
        new("patchFlags", "PATCH", "/v1/flags", TenantAdmin, "Flags", "Sets flags of a tenant or of the cluster; null removes the stored value."),

        new("issuePolicyToken", "POST", "/v1/policy-tokens", TenantAdmin, "Policy tokens", "Issues a policy token."),
        new("validatePolicyToken", "POST", "/v1/policy-tokens:validate", App, "Policy tokens", "Checks a policy token without using it."),
        new("revokePolicyToken", "POST", "/v1/policy-tokens:revoke", TenantAdmin, "Policy tokens", "Revokes a policy token."),

        new("listAudit", "GET", "/v1/audit", TenantAdmin, "Audit", "Lists audit entries, newest first."),

        new("listTenants", "GET", "/v1/tenants", Operator, "Tenants", "Lists all tenants."),
        new("createTenant", "POST", "/v1/tenants", Operator, "Tenants", "Creates a tenant."),
        new("getTenant", "GET", "/v1/tenants/{id}", TenantAdmin, "Tenants", "Reads a tenant and its limits."),
        new("patchTenant", "PATCH", "/v1/tenants/{id}", Operator, "Tenants", "Changes a tenant's name or limits."),

        new("listApiKeys", "GET", "/v1/api-keys", TenantAdmin, "API keys", "Lists keys of a tenant; for operators without tenant_id, the operators' keys."),
        new("createApiKey", "POST", "/v1/api-keys", TenantAdmin, "API keys", "Makes a key. Its text is shown this once."),
        new("deleteApiKey", "DELETE", "/v1/api-keys/{key_id}", TenantAdmin, "API keys", "Revokes a key."),
        new("revokeApiKey", "POST", "/v1/api-keys/{key_id}/revoke", TenantAdmin, "API keys", "Revokes a key."),

        new("health", "GET", "/v1/healthz", null, "Health", "Says that the process answers."),
        new("ready", "GET", "/v1/readyz", null, "Health", "Says whether the process should get traffic: the store answers and it does not drain."),
        new("metrics", "GET", "/v1/metrics", Operator, "Health", "Metrics in the Prometheus text format."),
        new("openapi", "GET", "/v1/openapi.json", null, "Health", "This document."),
        new("healthProbe", "GET", "/healthz", null, "Health", "The same as /v1/healthz, where probes look for it."),
        new("readyProbe", "GET", "/readyz", null, "Health", "The same as /v1/readyz, where probes look for it."),
        new("metricsProbe", "GET", "/metrics", Operator, "Health", "The same as /v1/metrics, where scrapers look for it."),
    ];

    private static readonly FrozenDictionary<string, Door> ByName = All.ToFrozenDictionary(door => door.Name, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">The table has no such door.</exception>
    public static Door Named(string name) => ByName[name];
}
