using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Audit;

/// <summary>One admitted or refused act, attributed. Never holds a token, a key or a payload.</summary>
public sealed record AuditEntry
{
    public required Guid Id { get; init; }

    /// <summary>Null for acts on the whole cluster.</summary>
    public TenantId? TenantId { get; init; }

    public string? ProjectId { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    public required bool Allowed { get; init; }

    /// <summary>The refusal's code; null when allowed.</summary>
    public ErrorCode? Code { get; init; }

    public string? Reason { get; init; }

    public string? ActorId { get; init; }

    public string? KeyId { get; init; }

    public string? CorrelationId { get; init; }

    public string? TraceId { get; init; }

    public EventId? EventId { get; init; }

    public JobId? JobId { get; init; }

    public string? TemplateKey { get; init; }

    public string? PolicyTokenId { get; init; }

    public IReadOnlyList<string>? ScopesGranted { get; init; }

    /// <summary>What else the act was about, e.g. the flag and its new value.</summary>
    public JsonElement? Details { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

public static class AuditActions
{
    public const string EventIngest = "event_ingest";
    public const string JobRequest = "job_request";
    public const string JobCancel = "job_cancel";
    public const string JobRetry = "job_retry";
    public const string JobReschedule = "job_reschedule";
    public const string JobsRedrive = "jobs_redrive";
    public const string JobsPause = "jobs_pause";
    public const string JobsResume = "jobs_resume";
    public const string PolicyCheck = "policy_check";
    public const string PolicyTokenIssue = "policy_token_issue";
    public const string PolicyTokenRevoke = "policy_token_revoke";
    public const string TriggerFire = "trigger_fire";
    public const string FlagChange = "flag_change";
    public const string TemplateChange = "template_change";
    public const string TenantChange = "tenant_change";
    public const string ApiKeyCreate = "api_key_create";
    public const string ApiKeyRevoke = "api_key_revoke";
    public const string DoctorRepair = "doctor_repair";

    /// <summary>Kept whatever the audit flag says: policy decisions and acts of operators.</summary>
    public static bool IsAlwaysKept(string action) => action is not (EventIngest or JobRequest or TriggerFire);
}

/// <summary>Which audit rows to list: newest first. A null tenant lists every tenant's (operators only).</summary>
public sealed record AuditQuery
{
    public TenantId? TenantId { get; init; }

    public string? Action { get; init; }

    public bool? Allowed { get; init; }

    public JobId? JobId { get; init; }

    public DateTimeOffset? FromTime { get; init; }

    public DateTimeOffset? ToTime { get; init; }

    /// <summary>1-1000.</summary>
    public int Limit { get; init; } = 100;

    public string? Cursor { get; init; }
}
