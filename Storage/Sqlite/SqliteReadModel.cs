using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteReadModel(SqliteReaders readers) : IReadModel
{
    public Task<JobRow?> JobAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        readers.RunAsync(session => Job(session, tenant, id), cancel);

    public Task<Page<JobRow>> JobsAsync(JobQuery query, CancellationToken cancel)
    {
        var before = PageCursor.Read(PageCursor.Jobs, query.Cursor).Id;
        return readers.RunAsync(
            session => Pages.Of(RunPages.Jobs(session, query, before), query.Limit, row => PageCursor.Write(PageCursor.Jobs, row.Id.Value)), cancel);
    }

    public Task<ArtifactManifest?> ManifestAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        readers.RunAsync(
            session =>
            {
                // Open first, then sealed: a run that ends between the two reads is found by the second.
                var row = Job(session, tenant, run);
                return session.Use("read/manifest").Add(tenant.Value).Add(run.Value).First(sealedRow => sealedRow.JsonAs<ArtifactManifest>(0))
                    ?? (row is null ? null : RunRows.PendingManifest(row));
            },
            cancel);

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<AttemptRow>>(
            session => session.InSnapshot(
                () => Job(session, tenant, run) is { } row ? RunPages.Attempts(session, row) : []),
            cancel);

    public Task<IReadOnlyList<RunLogLine>> LogsAsync(TenantId tenant, JobId run, long after, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<RunLogLine>>(
            session => session.Use("read/logs").Add(run.Value).Add(after).Add(tenant.Value).Add(limit)
                .All(row => new RunLogLine(row.Int64(0), row.Int32(1), row.Time(2), row.Text(3), row.Text(4))),
            cancel);

    public Task<IReadOnlyList<ChildRun>> ChildrenAsync(TenantId tenant, JobId parent, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<ChildRun>>(session => RunPages.Children(session, tenant, parent, limit), cancel);

    public Task<StandingFacts?> StandingAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        readers.RunAsync(session => session.InSnapshot(() => Standing.Read(session, tenant, id)), cancel);

    public Task<Page<JobRow>> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel)
    {
        var before = PageCursor.Read(PageCursor.DeadLetters, query.Cursor).Id;
        return readers.RunAsync(
            session => Pages.Of(
                RunPages.DeadLetters(session, query, before), query.Limit, row => PageCursor.Write(PageCursor.DeadLetters, row.Id.Value)),
            cancel);
    }

    public Task<IReadOnlyList<DeadLetterCount>> CountDeadLettersAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<DeadLetterCount>>(session => RunPages.CountDeadLetters(session, filter, atMost), cancel);

    public Task<IReadOnlyList<PauseRow>> PausesAsync(TenantId? tenant, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<PauseRow>>(
            session => (tenant is { } id ? session.Use("read/pauses_of").Add(id.Value) : session.Use("pauses/list")).All(RegistryReading.ReadPause), cancel);

    public Task<EventRow?> EventAsync(TenantId tenant, EventId id, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("events/find").Add(id.Value).Add(tenant.Value).First(EventRows.Read), cancel);

    public Task<Page<EventRow>> EventsAsync(EventQuery query, CancellationToken cancel)
    {
        var before = PageCursor.Read(PageCursor.Events, query.Cursor);
        return readers.RunAsync(
            session => Pages.Of(
                RunPages.Events(session, query, before), query.Limit, row => PageCursor.Write(PageCursor.Events, row.Id.Value, row.OccurredAt)),
            cancel);
    }

    public Task<IReadOnlyList<JobTemplate>> TemplatesAsync(CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<JobTemplate>>(session => session.Use("templates/list").All(RegistryReading.ReadTemplate), cancel);

    public Task<JobTemplate?> TemplateAsync(string key, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("templates/find").Add(key).First(RegistryReading.ReadTemplate), cancel);

    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancel)
    {
        var before = PageCursor.Read(PageCursor.Audit, query.Cursor).Id;
        return readers.RunAsync(
            session => Pages.Of(RunPages.Audit(session, query, before), query.Limit, entry => PageCursor.Write(PageCursor.Audit, entry.Id)), cancel);
    }

    public Task<IReadOnlyList<TenantRow>> TenantsAsync(CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<TenantRow>>(session => session.Use("tenants/list").All(RegistryReading.ReadTenant), cancel);

    public Task<TenantRow?> TenantAsync(TenantId id, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("tenants/find").Add(id.Value).First(RegistryReading.ReadTenant), cancel);

    public Task<IReadOnlyList<ApiKeyRow>> ApiKeysAsync(TenantId? tenant, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<ApiKeyRow>>(
            session => session.Use("api_keys/list").Add(tenant?.Value).All(RegistryReading.ReadApiKey), cancel);

    public Task<ApiKeyRow?> ApiKeyAsync(string keyId, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("api_keys/find").Add(keyId).First(RegistryReading.ReadApiKey), cancel);

    public async Task<bool> PingAsync(CancellationToken cancel)
    {
        try
        {
            return await readers.RunAsync(session => session.Use("registry/version").First(_ => true), cancel);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static JobRow? Job(SqliteSession session, TenantId tenant, JobId id) =>
        session.Use("jobs/find").Add(tenant.Value).Add(id.Value).First(JobRows.ReadRow);
}
