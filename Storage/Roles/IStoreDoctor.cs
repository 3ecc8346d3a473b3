using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;

namespace JobForge.Storage.Roles;

/// <summary>
/// What the doctor asks a store and, when it is told to repair, changes in it. Every read is one bounded statement of <c>Sql/doctor/</c> that writes nothing and
/// sees all tenants; a repair repeats the breach's condition in its own statement, so that what has healed meanwhile is left alone.
/// </summary>
public interface IStoreDoctor
{
    /// <exception cref="InvalidOperationException">The schema is another version's, or there is none; the message says what to do.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer; so for every method.</exception>
    Task<DoctorScene> SceneAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>Runs a named statement that answers (tenant, subject, story).</summary>
    /// <param name="values">In the order of its parameters: <see cref="Guid"/>, string, int, <see cref="DateTimeOffset"/>.</param>
    Task<IReadOnlyList<DoctorRow>> LookAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel);

    /// <summary>Jobs of a span with what the doctor judges itself, each with the job that its idempotency key leads to, of one state of the store.</summary>
    Task<IReadOnlyList<DoctorRun>> RunsAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel);

    /// <summary>Those of the ids that are no job, open or finished, of any known tenant.</summary>
    Task<IReadOnlyList<JobId>> AbsentAsync(IReadOnlyList<JobId> ids, CancellationToken cancel);

    /// <summary>Runs a named repair and writes its audit row in one transaction.</summary>
    /// <returns>False when there was nothing to repair any more; nothing is audited then.</returns>
    /// <exception cref="InvalidOperationException">This doctor may only read.</exception>
    Task<bool> RepairAsync(string statement, IReadOnlyList<object> values, AuditEntry audit, CancellationToken cancel);
}

/// <summary>What a check-up starts from.</summary>
/// <param name="StoreTime">The store's clock.</param>
/// <param name="Alive">Epochs whose lease runs.</param>
/// <param name="MissingDays">Partitions of today and tomorrow that are missing; 0 where days are not kept apart.</param>
public sealed record DoctorScene(DateTimeOffset StoreTime, IReadOnlyList<LiveEpoch> Alive, int MissingDays);

public sealed record LiveEpoch(long Epoch, string Worker);

/// <param name="Tenant">Null: of no single tenant.</param>
/// <param name="Subject">A job's id, or what else the statement is about.</param>
/// <param name="Story">What is wrong with it, in words; null where the statement only names it.</param>
public sealed record DoctorRow(string? Tenant, string Subject, string? Story);

/// <summary>A job as the doctor reads it.</summary>
public sealed record DoctorRun
{
    public required TenantId Tenant { get; init; }

    public required JobId Id { get; init; }

    public required JsonElement Inputs { get; init; }

    public required string InputsDigest { get; init; }

    /// <summary>Of the manifest; null for an open job.</summary>
    public JsonElement? Outputs { get; init; }

    /// <summary>Hash of its idempotency key; null: it has none.</summary>
    public Guid? KeyHash { get; init; }

    /// <summary>Hash of its inputs, as it stands beside its key.</summary>
    public Guid InputsHash { get; init; }

    /// <summary>The job that the key leads to; null: nothing stands under that key.</summary>
    public JobId? KeyLeadsTo { get; init; }
}
