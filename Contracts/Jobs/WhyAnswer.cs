using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Jobs;

/// <summary>Why a job is where it is, and what would move it.</summary>
public sealed record WhyAnswer
{
    public required JobId JobId { get; init; }

    public required JobStatus Status { get; init; }

    public string? StatusReason { get; init; }

    /// <summary>One of <see cref="WhyCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What would make the job go on, or null when nothing has to.</summary>
    public string? UnblockedBy { get; init; }

    /// <summary>Since when it is so, as far as the row tells.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends by itself: a due time, a backoff's end; null when no time ends it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Place among the jobs that wait for the same, 1 for the next one.</summary>
    public WhyPosition? Position { get; init; }

    /// <summary>Who owns or runs it.</summary>
    public WhyHolder? Holder { get; init; }

    /// <summary>The job's own limit and its use now.</summary>
    public WhyLimit? Limit { get; init; }

    /// <summary>Its tenant's limit and its use now.</summary>
    public WhyLimit? TenantLimit { get; init; }

    public WhyPause? Pause { get; init; }

    /// <summary>Children that have not ended.</summary>
    public int? OpenChildren { get; init; }

    /// <summary>When it fails if it is still queued.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it fails whatever it does.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    public int Attempts { get; init; }

    public int MaxAttempts { get; init; }

    public JobError? Error { get; init; }
}

/// <summary>The words of <see cref="WhyAnswer.Code"/>.</summary>
public static class WhyCodes
{
    public const string DueLater = "due_later";
    public const string Backoff = "backoff";
    public const string Paused = "paused";
    public const string ConcurrencyLimit = "concurrency_limit";
    public const string RateLimit = "rate_limit";
    public const string WaitingForChildren = "waiting_for_children";
    public const string QueuePosition = "queue_position";
    public const string NoSlot = "no_slot";
    public const string OwnerDead = "owner_dead";
    public const string Running = "running";
    public const string Ended = "ended";
}

/// <param name="Place">1 for the next one; with <paramref name="OrMore"/> at least this.</param>
/// <param name="AheadOfTenant">Jobs before it of its own tenant; null where all are.</param>
/// <param name="AheadOfOthers">Jobs before it of other tenants.</param>
public sealed record WhyPosition(int Place, bool OrMore, int? AheadOfTenant, int? AheadOfOthers);

/// <param name="Worker">The process.</param>
/// <param name="LeaseExpiresAt">When it loses its work unless it renews.</param>
/// <param name="Alive">False when its lease is over: another process inherits the job.</param>
public sealed record WhyHolder(string Worker, DateTimeOffset LeaseExpiresAt, bool Alive);

/// <param name="Key">Null: the tenant's.</param>
/// <param name="Running">Jobs that have passed and not ended.</param>
public sealed record WhyLimit(string? Key, int? MaxRunning, int Running, int? StartsPerMinute);

public sealed record WhyPause(TenantId? TenantId, string? TemplateKey, string? Reason, string? ActorId, DateTimeOffset PausedAt);
