using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Handlers.Connectors;

/// <summary>Reads the run's tenant's own events; the host implements it over the read model.</summary>
public interface IEventReader
{
    /// <summary>Events of one type with <paramref name="from"/> &lt;= occurred_at &lt;= <paramref name="to"/>, page by page, newest first.</summary>
    IAsyncEnumerable<EventRow> ReadAsync(TenantId tenant, string eventType, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel);
}

/// <summary>Changes that a run may make to its own tenant; the host implements it over TenantGrain, so every change is checked and audited.</summary>
public interface ITenantControl
{
    /// <summary>Switches a template for the tenant. Answers the value before; refuses an unknown template, or enabling one that the cluster has disabled.</summary>
    Task<Outcome<bool>> SetTemplateAsync(IJobContext run, string templateKey, bool enabled, CancellationToken cancel);

    /// <summary>Sets a flag of the tenant. Answers the effective value before.</summary>
    Task<Outcome<bool>> SetFlagAsync(IJobContext run, FeatureFlag flag, bool value, CancellationToken cancel);
}

/// <summary>The run's tenant's own failed jobs; the host implements it over the read model and TenantGrain.</summary>
public interface IDeadLetters
{
    Task<Page<JobRow>> ReadAsync(DeadLetterQuery query, CancellationToken cancel);

    /// <summary>How many match, counted up to <paramref name="atMost"/>.</summary>
    Task<int> CountAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel);

    /// <summary>Runs a failed job again as a new one. False when it was re-driven before: one failed job never makes two.</summary>
    Task<Outcome<bool>> RetryAsync(IJobContext run, JobId failed, CancellationToken cancel);
}
