using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>
/// Queued jobs that wait for something else than time and a slot. A held job has no owner, no wait and no place in the fair order; each hold lies in an
/// index of its own, so jobs that know no holds pay nothing for them. Nothing here counts in a row: what has passed a gate is counted where it stands.
/// </summary>
public interface IHoldStore
{
    /// <summary>Which kinds of held or lapsed jobs there are at all: one question for the common case that there are none.</summary>
    Task<HeldWork> LookAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>queued -> queued and held, without its owner.</summary>
    Task<bool> ParkAsync(ParkedJob job, CancellationToken cancel);

    /// <summary>running (written or not) -> queued and held for its children, its attempt given back uncounted, with the ended attempt's row.</summary>
    Task<bool> ParkParentAsync(ParkedParent parent, CancellationToken cancel);

    /// <summary>
    /// Takes <paramref name="parent"/> out of its hold for <paramref name="taker"/> unless a child of it is open. One that has a gate then stands before it
    /// (<see cref="JobHold.Limit"/>, no owner) instead of being ready.
    /// </summary>
    /// <returns>The parent as it stands now; null when it is not held for children, or one of them is open.</returns>
    Task<StoredJob?> WakeParentAsync(JobId parent, Taker taker, CancellationToken cancel);

    /// <summary>As <see cref="WakeParentAsync"/> for up to <paramref name="look"/> held parents behind <paramref name="after"/>, by id.</summary>
    Task<WokenParents> WakeParentsAsync(JobId? after, int look, Taker taker, CancellationToken cancel);

    /// <summary>Templates and tenants that paused jobs belong to, behind <paramref name="after"/>, without walking the jobs.</summary>
    Task<IReadOnlyList<PausedGroup>> PausedGroupsAsync(PausedGroup? after, int limit, CancellationToken cancel);

    /// <summary>
    /// Takes up to <paramref name="limit"/> paused jobs of the group out of their hold: ready without an owner, or before their gate. They are spread behind
    /// <paramref name="fairTag"/>, so that what waited for long does not come before everybody else.
    /// </summary>
    /// <returns>Jobs released.</returns>
    Task<int> ReleasePausedAsync(PausedGroup group, double fairTag, DateTimeOffset at, int limit, CancellationToken cancel);

    /// <summary>Gates before which jobs wait, behind <paramref name="after"/>, without walking the jobs.</summary>
    Task<IReadOnlyList<GateAddress>> WaitingGatesAsync(GateAddress? after, int limit, CancellationToken cancel);

    /// <summary>As <see cref="WaitingGatesAsync"/>, of one tenant.</summary>
    Task<IReadOnlyList<GateAddress>> WaitingGatesOfAsync(TenantId tenant, int limit, CancellationToken cancel);

    /// <summary>
    /// Lets as many of a gate's waiting jobs through as its limits have room for, in fair order, owned by the taker. One transaction that no other opening
    /// of the tenant's gates overlaps, in whichever process: together they never let too many through.
    /// </summary>
    Task<GateOpening> OpenGateAsync(GateVisit visit, CancellationToken cancel);

    /// <summary>Queued jobs whose <see cref="StoredJob.ExpiresAt"/> has come, which nobody owns or an epoch that <paramref name="holder"/> holds, earliest first.</summary>
    Task<IReadOnlyList<StoredJob>> ExpiredAsync(long holder, DateTimeOffset now, int limit, CancellationToken cancel);
}

/// <param name="Expired">Queued jobs past their time.</param>
public readonly record struct HeldWork(bool Expired, bool Paused, bool Parents, bool Gates);

/// <param name="GateKey">The gate that the job stands before from now on; null: as it was.</param>
public sealed record ParkedJob(RunFence Fence, JobHold Hold, string? GateKey, DateTimeOffset At);

/// <param name="Attempt">The attempt that ended by waiting.</param>
/// <param name="State">What the handler wants back when it runs again.</param>
public sealed record ParkedParent(RunFence Fence, AttemptRow Attempt, System.Text.Json.JsonElement State, DateTimeOffset At);

/// <summary>The process that takes held jobs over.</summary>
/// <param name="FairTag">Virtual time: what it takes never sorts before it.</param>
public sealed record Taker(long Epoch, double FairTag, DateTimeOffset At);

/// <param name="Next">Where to go on; null: that was all.</param>
public sealed record WokenParents(IReadOnlyList<StoredJob> Parents, JobId? Next);

public sealed record PausedGroup(string TemplateKey, TenantId Tenant);

/// <param name="Key">Empty: the tenant's own limits alone.</param>
public sealed record GateAddress(TenantId Tenant, string Key);

/// <param name="TenantLimits">The limits of the gate's tenant, which count for each of its gates.</param>
/// <param name="Limit">Jobs at most.</param>
public sealed record GateVisit(GateAddress Gate, GateLimits TenantLimits, Taker Taker, int Limit);

/// <param name="MaxRunning">Null: no bound.</param>
/// <param name="StartsPerMinute">Null: no bound.</param>
public readonly record struct GateLimits(int? MaxRunning, int? StartsPerMinute)
{
    public bool Any => MaxRunning is not null || StartsPerMinute is not null;
}

/// <param name="NextAt">When a rate lets the next one through; null: the jobs that left wait for something else, or none is left.</param>
/// <param name="More">True when the visit's limit ended it.</param>
public sealed record GateOpening(IReadOnlyList<StoredJob> Released, DateTimeOffset? NextAt, bool More)
{
    public static GateOpening Shut { get; } = new([], null, More: false);
}
