using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Jobs;

/// <summary>A job as every door shows it.</summary>
public sealed record JobRow
{
    public required JobId Id { get; init; }

    public required TenantId TenantId { get; init; }

    public string? ProjectId { get; init; }

    public required string TemplateKey { get; init; }

    /// <summary>The same as <see cref="TemplateKey"/>, under the name that older clients read.</summary>
    public string Type => TemplateKey;

    /// <summary>Pinned at admission: a later change of the template does not touch this run.</summary>
    public required string TemplateVersion { get; init; }

    public required JsonElement Inputs { get; init; }

    /// <summary>Lower-case hex SHA-256 over the canonical JSON of the inputs.</summary>
    public required string InputsDigest { get; init; }

    public required JobStatus Status { get; init; }

    /// <summary>One of <see cref="StatusReasons"/>.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Attempts started so far.</summary>
    public int Attempts { get; init; }

    public required int MaxAttempts { get; init; }

    public required int TimeoutMs { get; init; }

    public int? StartTimeoutMs { get; init; }

    public int? TotalTimeoutMs { get; init; }

    public JobLimit? Limit { get; init; }

    /// <summary>Generations above it: 0 for a job that no run requested.</summary>
    public int Depth { get; init; }

    /// <summary>-10 to 10, higher sooner; 0 by default. A weight, not a barrier: low priority is never starved.</summary>
    public int Priority { get; init; }

    /// <summary>When the job is or was due.</summary>
    public required DateTimeOffset RunAt { get; init; }

    public required string TraceId { get; init; }

    public string? ActorId { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? TriggerId { get; init; }

    public EventId? EventId { get; init; }

    public JobId? ParentRunId { get; init; }

    /// <summary>The failed job that this one repeats.</summary>
    public JobId? RetryOf { get; init; }

    /// <summary>Id of the policy token that admitted an action job; the token itself is stored nowhere.</summary>
    public string? PolicyTokenId { get; init; }

    public JobProgress? Progress { get; init; }

    public JsonElement? Result { get; init; }

    public JobError? Error { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>How far a running handler is. <paramref name="Percent"/> is 0-100.</summary>
public sealed record JobProgress(double Percent, string? Message = null);

/// <summary>Why an attempt or a run ended badly. No stack traces, no secrets.</summary>
/// <param name="Code">A stable word, e.g. <c>handler_error</c>, <c>timed_out</c>.</param>
public sealed record JobError(string Code, string Message)
{
    public JsonElement? Details { get; init; }
}

/// <summary>One attempt of a run.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Worker">The process that ran it.</param>
/// <param name="Outcome">running, succeeded, failed, canceled, timed_out, lease_lost, drained or waiting_for_children.</param>
public sealed record AttemptRow(JobId JobId, int Number, string? Worker, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string Outcome, JobError? Error);

/// <summary>One line of a run's log, in order of <paramref name="Sequence"/>.</summary>
public sealed record RunLogLine(long Sequence, int Attempt, DateTimeOffset At, string Level, string Message);
