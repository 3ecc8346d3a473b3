using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Templates;

namespace JobForge.Storage.Roles;

/// <summary>
/// What doors read: rows, never grains. Every method names the tenant it reads for; a row of another tenant is as good as absent.
/// Lists page by key, not by offset; a cursor that was not made here is a <see cref="FormatException"/>.
/// </summary>
public interface IReadModel
{
    Task<JobRow?> JobAsync(TenantId tenant, JobId id, CancellationToken cancel);

    Task<Page<JobRow>> JobsAsync(JobQuery query, CancellationToken cancel);

    /// <summary>The sealed manifest; for an open run a pending one built from its row; null when there is no such run.</summary>
    Task<ArtifactManifest?> ManifestAsync(TenantId tenant, JobId run, CancellationToken cancel);

    /// <summary>Attempts in order; the last may be open.</summary>
    Task<IReadOnlyList<AttemptRow>> AttemptsAsync(TenantId tenant, JobId run, CancellationToken cancel);

    /// <summary>Lines with a sequence above <paramref name="after"/>, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<RunLogLine>> LogsAsync(TenantId tenant, JobId run, long after, int limit, CancellationToken cancel);

    /// <summary>Jobs that the run requested through its context, open or finished, oldest first.</summary>
    Task<IReadOnlyList<ChildRun>> ChildrenAsync(TenantId tenant, JobId parent, int limit, CancellationToken cancel);

    /// <summary>Everything that the store knows about where a job stands; null when there is no such job.</summary>
    Task<StandingFacts?> StandingAsync(TenantId tenant, JobId id, CancellationToken cancel);

    /// <summary>Failed jobs, newest first.</summary>
    Task<Page<JobRow>> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel);

    /// <summary>Failed jobs by template and reason, of the newest <paramref name="atMost"/> that match.</summary>
    Task<IReadOnlyList<DeadLetterCount>> CountDeadLettersAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel);

    /// <summary>Pauses in force: of one tenant with the cluster's, or all (null).</summary>
    Task<IReadOnlyList<PauseRow>> PausesAsync(TenantId? tenant, CancellationToken cancel);

    Task<EventRow?> EventAsync(TenantId tenant, EventId id, CancellationToken cancel);

    Task<Page<EventRow>> EventsAsync(EventQuery query, CancellationToken cancel);

    Task<IReadOnlyList<JobTemplate>> TemplatesAsync(CancellationToken cancel);

    Task<JobTemplate?> TemplateAsync(string key, CancellationToken cancel);

    Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancel);

    Task<IReadOnlyList<TenantRow>> TenantsAsync(CancellationToken cancel);

    Task<TenantRow?> TenantAsync(TenantId id, CancellationToken cancel);

    /// <summary>Keys of a tenant; null: the operators'. Hashes are left empty.</summary>
    Task<IReadOnlyList<ApiKeyRow>> ApiKeysAsync(TenantId? tenant, CancellationToken cancel);

    /// <summary>One key with its hash, revoked or not; null when unknown.</summary>
    Task<ApiKeyRow?> ApiKeyAsync(string keyId, CancellationToken cancel);

    /// <summary>True when the store answers; for readiness.</summary>
    Task<bool> PingAsync(CancellationToken cancel);
}
