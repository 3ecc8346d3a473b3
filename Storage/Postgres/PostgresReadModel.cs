using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Templates;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Reads for one tenant go through <paramref name="tenants"/>, behind row-level security; those across tenants, and of no tenant, through the engine's role.</summary>
internal sealed class PostgresReadModel(TenantReads tenants, NpgsqlDataSource engine) : IReadModel
{
    public async Task<JobRow?> JobAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        (await tenants.RowsAsync(tenant, "read a job", FindJob(tenant, id), JobRows.ReadRow, cancel)).FirstOrDefault();

    public async Task<Page<JobRow>> JobsAsync(JobQuery query, CancellationToken cancel)
    {
        var before = Before(PageCursor.Read(PageCursor.Jobs, query.Cursor).Id);
        var any = query.Statuses.Count == 0;
        var statement = new PostgresStatement("read/jobs").Add(query.TenantId.Value).Add(before).Add(query.TemplateKey).Add(query.ProjectId).Add(query.TraceId)
            .Add([.. query.Statuses.Select(status => (string?)status.Word())])
            .Add(any || query.Statuses.Any(status => !status.IsFinal()))
            .Add(any || query.Statuses.Any(status => status.IsFinal()))
            .Add(query.Limit + 1);
        var rows = await tenants.RowsAsync(query.TenantId, "list jobs", statement, JobRows.ReadRow, cancel);
        return Pages.Of(rows, query.Limit, row => PageCursor.Write(PageCursor.Jobs, row.Id.Value));
    }

    public Task<ArtifactManifest?> ManifestAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        tenants.BatchAsync(
            tenant,
            "read a manifest",
            // Open first, then sealed: a run that ends between the two reads is found by the second.
            [FindJob(tenant, run), new PostgresStatement("read/manifest").Add(tenant.Value).Add(run.Value)],
            async results =>
            {
                var row = await results.FirstAsync(JobRows.ReadRow);
                return await results.FirstAsync(sealedRow => sealedRow.JsonAs<ArtifactManifest>(0)) ?? (row is null ? null : RunRows.PendingManifest(row));
            },
            cancel);

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        tenants.BatchAsync(
            tenant,
            "read attempts",
            // The job first: an attempt that ends between the reads is then among the written ones, and told once.
            [
                FindJob(tenant, run),
                new PostgresStatement("read/attempts").Add(run.Value).Add(tenant.Value),
                new PostgresStatement("read/last_worker").Add(run.Value).Add(tenant.Value),
            ],
            async results =>
            {
                var row = await results.FirstAsync(JobRows.ReadRow);
                var written = await results.AllAsync(ReadAttempt);
                var worker = await results.FirstAsync(one => one.TextOrNull(0));
                return row is null ? [] : RunRows.Attempts(row, written, worker);
            },
            cancel);

    public async Task<IReadOnlyList<RunLogLine>> LogsAsync(TenantId tenant, JobId run, long after, int limit, CancellationToken cancel) =>
        await tenants.RowsAsync(
            tenant,
            "read run logs",
            new PostgresStatement("read/logs").Add(run.Value).Add(after).Add(tenant.Value).Add(limit),
            row => new RunLogLine(row.GetInt64(0), row.GetInt32(1), row.Time(2), row.GetString(3), row.GetString(4)),
            cancel);

    public async Task<IReadOnlyList<ChildRun>> ChildrenAsync(TenantId tenant, JobId parent, int limit, CancellationToken cancel)
    {
        var prefix = ChildRun.KeyPrefix(parent);
        var statement = new PostgresStatement("read/children").Add(parent.Value).Add(tenant.Value).Add(prefix).Add(limit).Add(IdTimes.NotBefore(parent));
        return await tenants.RowsAsync(
            tenant,
            "read a run's children",
            statement,
            row => new ChildRun(new(row.GetGuid(0)), row.GetString(1)[prefix.Length..], row.GetString(2), JobStatuses.Parse(row.GetString(3)))
            {
                Result = row.JsonOrNull(4),
                Error = row.JsonAs<JobError>(5),
            },
            cancel);
    }

    public Task<StandingFacts?> StandingAsync(TenantId tenant, JobId id, CancellationToken cancel) => PostgresStanding.ReadAsync(engine, tenant, id, cancel);

    public async Task<Page<JobRow>> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel)
    {
        var before = Before(PageCursor.Read(PageCursor.DeadLetters, query.Cursor).Id);
        var statement = Filter(new PostgresStatement("read/dead_letters").Add(query.Filter.TenantId.Value).Add(before), query.Filter).Add(query.Limit + 1);
        var rows = await tenants.RowsAsync(query.Filter.TenantId, "list dead letters", statement, JobRows.ReadRow, cancel);
        return Pages.Of(rows, query.Limit, row => PageCursor.Write(PageCursor.DeadLetters, row.Id.Value));
    }

    public async Task<IReadOnlyList<DeadLetterCount>> CountDeadLettersAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel)
    {
        var statement = Filter(new PostgresStatement("read/count_dead_letters").Add(filter.TenantId.Value).Add(atMost), filter);
        return await tenants.RowsAsync(
            filter.TenantId, "count dead letters", statement, row => new DeadLetterCount(row.GetString(0), row.TextOrNull(1), row.GetInt64(2)), cancel);
    }

    public async Task<IReadOnlyList<PauseRow>> PausesAsync(TenantId? tenant, CancellationToken cancel) =>
        await engine.RowsAsync(
            "list pauses",
            tenant is { } id ? new PostgresStatement("read/pauses_of").Add(id.Value) : new PostgresStatement("pauses/list"),
            RegistryReading.ReadPause,
            cancel);

    public async Task<EventRow?> EventAsync(TenantId tenant, EventId id, CancellationToken cancel) =>
        (await tenants.RowsAsync(tenant, "read an event", new PostgresStatement("events/find").Add(id.Value).Add(tenant.Value), EventRows.Read, cancel)).FirstOrDefault();

    public async Task<Page<EventRow>> EventsAsync(EventQuery query, CancellationToken cancel)
    {
        var (at, id) = PageCursor.Read(PageCursor.Events, query.Cursor);
        var statement = new PostgresStatement("events/list").Add(query.TenantId.Value)
            .Add(at == long.MaxValue ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(at)).Add(Before(id))
            .Add(query.FromTime ?? DateTimeOffset.MinValue).Add(query.ToTime ?? DateTimeOffset.MaxValue)
            .Add(query.EventType).Add(query.SourceApp).Add(query.SourceModule).Add(query.ProjectId).Add(query.TraceId).Add(query.Processed)
            .Add(query.Limit + 1).Add(query.Cursor is null ? query.Offset : 0);
        var rows = await tenants.RowsAsync(query.TenantId, "list events", statement, EventRows.Read, cancel);
        return Pages.Of(rows, query.Limit, row => PageCursor.Write(PageCursor.Events, row.Id.Value, row.OccurredAt));
    }

    public async Task<IReadOnlyList<JobTemplate>> TemplatesAsync(CancellationToken cancel) =>
        await engine.RowsAsync("list templates", new PostgresStatement("templates/list"), RegistryReading.ReadTemplate, cancel);

    public async Task<JobTemplate?> TemplateAsync(string key, CancellationToken cancel) =>
        (await engine.RowsAsync("read a template", new PostgresStatement("templates/find").Add(key), RegistryReading.ReadTemplate, cancel)).FirstOrDefault();

    public async Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancel)
    {
        var before = Before(PageCursor.Read(PageCursor.Audit, query.Cursor).Id);
        var rows = query.TenantId is { } tenant
            ? await tenants.RowsAsync(tenant, "list audit rows", Filter(new PostgresStatement("audit/list").Add(tenant.Value)), AuditRows.Read, cancel)
            : await engine.RowsAsync("list audit rows", Filter(new PostgresStatement("audit/list_all")), AuditRows.Read, cancel);
        return Pages.Of(rows, query.Limit, entry => PageCursor.Write(PageCursor.Audit, entry.Id));

        PostgresStatement Filter(PostgresStatement statement) => statement.Add(before).Add(query.Action).Add(query.Allowed).Add(query.JobId?.Value)
            .Add(query.FromTime ?? DateTimeOffset.MinValue).Add(query.ToTime ?? DateTimeOffset.MaxValue).Add(query.Limit + 1);
    }

    public async Task<IReadOnlyList<TenantRow>> TenantsAsync(CancellationToken cancel) =>
        await engine.RowsAsync("list tenants", new PostgresStatement("tenants/list"), RegistryReading.ReadTenant, cancel);

    public async Task<TenantRow?> TenantAsync(TenantId id, CancellationToken cancel) =>
        (await tenants.RowsAsync(id, "read a tenant", new PostgresStatement("tenants/find").Add(id.Value), RegistryReading.ReadTenant, cancel)).FirstOrDefault();

    public async Task<IReadOnlyList<ApiKeyRow>> ApiKeysAsync(TenantId? tenant, CancellationToken cancel) =>
        tenant is { } one
            ? await tenants.RowsAsync(one, "list API keys", new PostgresStatement("api_keys/list").Add(one.Value), RegistryReading.ReadApiKey, cancel)
            : await engine.RowsAsync("list API keys", new PostgresStatement("api_keys/list_operators"), RegistryReading.ReadApiKey, cancel);

    public async Task<ApiKeyRow?> ApiKeyAsync(string keyId, CancellationToken cancel) =>
        (await engine.RowsAsync("read an API key", new PostgresStatement("api_keys/find").Add(keyId), RegistryReading.ReadApiKey, cancel)).FirstOrDefault();

    public async Task<bool> PingAsync(CancellationToken cancel)
    {
        try
        {
            return (await engine.RowsAsync("answer", new PostgresStatement("registry/version"), _ => true, cancel)).Count == 1;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static PostgresStatement Filter(PostgresStatement statement, DeadLetterFilter filter) =>
        statement.Add(filter.TemplateKey).Add(filter.StatusReason).Add(filter.ErrorCode).Add(filter.Attempts)
            .Add(filter.FromTime ?? DateTimeOffset.MinValue).Add(filter.ToTime ?? DateTimeOffset.MaxValue);

    private static PostgresStatement FindJob(TenantId tenant, JobId id) =>
        new PostgresStatement("jobs/find").Add(tenant.Value).Add(id.Value).Add(IdTimes.NotBefore(id));

    /// <summary>A page's position; without one an id above all (the cursor's form of it is a byte longer than an id).</summary>
    private static Guid Before(byte[] id) => new(id.AsSpan(0, 16), bigEndian: true);

    private static AttemptRow ReadAttempt(NpgsqlDataReader row) =>
        new(new(row.GetGuid(0)), row.GetInt32(1), row.TextOrNull(2), row.Time(3), row.TimeOrNull(4), row.GetString(5), row.JsonAs<JobError>(6));
}
