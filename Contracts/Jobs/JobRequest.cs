using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Jobs;

/// <summary>
/// A request for a job, well-formed but not yet admitted. Made from a body by <c>JobRequestReader</c> only, which also lifts the policy
/// token out of the inputs, so <see cref="Inputs"/> never holds one.
/// </summary>
public sealed record JobRequest
{
    public required TenantId TenantId { get; init; }

    public required string TemplateKey { get; init; }

    public JsonElement Inputs { get; init; } = Json.ContractJson.EmptyObject;

    public string? ProjectId { get; init; }

    /// <summary>Null: the server makes one.</summary>
    public string? TraceId { get; init; }

    public string? ActorId { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Unique by tenant and template, for good.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>-10 to 10.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this time; null or past: at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>1-10; null: the template's.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Time of one attempt, 1-86,400,000 ms; null: the template's.</summary>
    public int? TimeoutMs { get; init; }

    /// <summary>From the due time until the first attempt starts, 1-2,073,600,000 ms (24 days); null: no bound.</summary>
    public int? StartTimeoutMs { get; init; }

    /// <summary>From the due time until the whole job is over, its retries included, 1-2,073,600,000 ms; null: no bound.</summary>
    public int? TotalTimeoutMs { get; init; }

    /// <summary>Shared with every job of the tenant that names the same key; null: only the tenant's own limits hold.</summary>
    public JobLimit? Limit { get; init; }

    public JobId? ParentRunId { get; init; }

    /// <summary>Generations above this job: 0 unless a running handler requests it. Not on the wire: a caller cannot reset it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Depth { get; init; }

    /// <summary>The token's text. Lives in memory only, from the door to the policy check.</summary>
    public string? PolicyToken { get; init; }

    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"JobRequest {TemplateKey} of {TenantId}";
}

/// <summary>What requestJob answers. A dry run has no job; its <c>would_execute</c> and <c>reasons</c> say what would have happened.</summary>
public sealed record RequestJobResult
{
    public JobRow? Job { get; init; }

    public bool DryRun { get; init; }

    public string? TemplateKey { get; init; }

    public bool? WouldExecute { get; init; }

    public IReadOnlyList<string>? Reasons { get; init; }

    public required string TraceId { get; init; }

    /// <summary>The audit row of the decision; for a plain admission the job row is the record, and this is its id.</summary>
    public required Guid AuditId { get; init; }

    /// <summary>True when an idempotency key led to a job that existed already. Not on the wire: the door answers 200 instead of 201.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool Replayed { get; init; }
}

/// <summary>Which jobs to list: newest first by id.</summary>
public sealed record JobQuery
{
    public required TenantId TenantId { get; init; }

    public IReadOnlyList<JobStatus> Statuses { get; init; } = [];

    public string? TemplateKey { get; init; }

    public string? ProjectId { get; init; }

    public string? TraceId { get; init; }

    /// <summary>1-1000.</summary>
    public int Limit { get; init; } = 50;

    public string? Cursor { get; init; }
}
