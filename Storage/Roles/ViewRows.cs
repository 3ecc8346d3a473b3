using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>What the store knows about where a job stands. Counts are bounded: one that reaches its bound means that many or more.</summary>
public sealed record StandingFacts
{
    /// <summary>Positions are counted up to here.</summary>
    public const int MostAhead = 10_000;

    public required StoredJob Job { get; init; }

    /// <summary>The epoch that holds the job's owner; null when nobody owns it.</summary>
    public HolderFacts? Holder { get; init; }

    /// <summary>Ready jobs that start before this one among those of the same owner (or those that nobody owns), counted up to <see cref="MostAhead"/>.</summary>
    public int Ahead { get; init; }

    /// <summary>Those of them that are of the same tenant.</summary>
    public int AheadOfTenant { get; init; }

    /// <summary>Jobs of the tenant that have passed a gate and not ended.</summary>
    public int TenantPassed { get; init; }

    /// <summary>Those of them with the job's own key.</summary>
    public int KeyPassed { get; init; }

    /// <summary>Jobs that wait before the same gate and pass it first, counted up to <see cref="MostAhead"/>.</summary>
    public int AheadAtGate { get; init; }

    public GateLimits TenantLimits { get; init; }

    public int OpenChildren { get; init; }

    /// <summary>The pause that holds the job, or would when it comes up; null: none.</summary>
    public PauseRow? Pause { get; init; }
}

/// <param name="Worker">The process's name.</param>
/// <param name="Open">False once the epoch was closed or declared dead.</param>
public sealed record HolderFacts(long Epoch, string Worker, DateTimeOffset ExpiresAt, bool Open);
