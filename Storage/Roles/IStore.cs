namespace JobForge.Storage.Roles;

/// <summary>Every role of one database, for the composition root and the conformance suite. Everybody else asks for the one role it needs.</summary>
public interface IStore : IAsyncDisposable
{
    IEventLog Events { get; }

    IJobStore Jobs { get; }

    IJobQueue Queue { get; }

    IEpochStore Epochs { get; }

    IReadModel Read { get; }

    ITenantStore Tenants { get; }

    ITemplateStore Templates { get; }

    IRegistryStore Registry { get; }

    IAuditLog Audit { get; }

    IRunLogStore RunLogs { get; }

    IEngineRows EngineRows { get; }
}
