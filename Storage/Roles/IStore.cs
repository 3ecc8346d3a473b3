namespace JobForge.Storage.Roles;

/// <summary>Every role of one database, for the composition root and the conformance suite. Everybody else asks for the one role it needs.</summary>
public interface IStore : IAsyncDisposable
{
    IEventLog Events { get; }

    IJobStore Jobs { get; }

    IJobQueue Queue { get; }

    IEpochStore Epochs { get; }

    IHoldStore Holds { get; }

    IReadModel Read { get; }

    ITenantStore Tenants { get; }

    ITemplateStore Templates { get; }

    IRegistryStore Registry { get; }

    IAuditLog Audit { get; }

    IRunLogStore RunLogs { get; }

    IEngineRows EngineRows { get; }

    IStoreSignals Signals { get; }

    IStoreUpkeep Upkeep { get; }

    IStoreDoctor Doctor { get; }
}

/// <summary>
/// Hints between the processes that share a store, for rare acts only (a cancel, a donated page, a changed registry row), never for a job's way. A hint may
/// be lost or come twice: whatever it announces is found by a sweep too. An embedded store has one process and no hints.
/// </summary>
public interface IStoreSignals
{
    /// <summary>Called from any thread, also after the channel was interrupted (then with <see cref="StoreSignalKind.LookAtEverything"/>).</summary>
    event Action<StoreSignal>? Received;
}

/// <param name="Job">The job concerned, or null.</param>
public sealed record StoreSignal(StoreSignalKind Kind, Contracts.Ids.JobId? Job = null);

public enum StoreSignalKind
{
    /// <summary>Somebody wants a running job canceled, or moved a queued one.</summary>
    JobChanged,

    /// <summary>Unowned ready jobs were donated.</summary>
    Donated,

    /// <summary>A registry row changed.</summary>
    RegistryChanged,

    /// <summary>Hints may have been missed.</summary>
    LookAtEverything,
}
