using JobForge.Contracts.Audit;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>What operators change, each with its audit row, and the audit log's own door.</summary>
internal sealed class PostgresTenantStore : ITenantStore, ITemplateStore, IAuditLog, IAsyncDisposable
{
    private readonly NpgsqlDataSource _engine;
    private readonly PostgresRegistryStore _registry;
    private readonly GroupCommit<IReadOnlyList<AuditEntry>, bool> _audit;

    /// <param name="registry">Told of our own changes, so that this process need not wait to hear of them.</param>
    public PostgresTenantStore(NpgsqlDataSource engine, PostgresRegistryStore registry)
    {
        _engine = engine;
        _registry = registry;
        _audit = new(engine, new GroupCommitOptions(Lanes: 1, Cap: 1_000, "audit rows"), WriteAuditAsync);
    }

    public Task PutTenantAsync(TenantRow tenant, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            "put a tenant",
            new PostgresStatement("tenants/put").Add(tenant.Id.Value).Add(tenant.Name).Add(tenant.RequestsPerMinute).Add(tenant.MaxQueuedJobs).Add(tenant.CreatedAt)
                .Add(tenant.Limits.MaxRunning).Add(tenant.Limits.StartsPerMinute),
            audit,
            cancel);

    public Task SetFlagAsync(TenantId? tenant, FeatureFlag flag, bool? value, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            "set a flag",
            value is { } on
                ? new PostgresStatement("flags/set").Add(tenant?.Value).Add(flag.Word()).Add(on)
                : new PostgresStatement("flags/clear").Add(tenant?.Value).Add(flag.Word()),
            audit,
            cancel);

    public Task SetTenantTemplateAsync(TenantId tenant, string templateKey, bool enabled, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync("switch a template", new PostgresStatement("tenants/set_template").Add(tenant.Value).Add(templateKey).Add(enabled), audit, cancel);

    public Task PauseAsync(PauseRow pause, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            "pause jobs",
            new PostgresStatement("pauses/put").Add(pause.Tenant?.Value).Add(pause.TemplateKey).Add(pause.Reason).Add(pause.ActorId).Add(pause.PausedAt),
            audit,
            cancel);

    public Task<bool> ResumeAsync(TenantId? tenant, string? templateKey, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync("resume jobs", () => new PostgresStatement("pauses/remove").Add(tenant?.Value).Add(templateKey), audit, cancel);

    public Task AddApiKeyAsync(ApiKeyRow key, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            "add an API key",
            new PostgresStatement("api_keys/add").Add(key.KeyId).Add(key.TenantId?.Value).Add(key.Role).Add(key.Name).Add(key.KeyHash).Add(key.CreatedAt)
                .Add(key.RevokedAt).Add(key.LastUsedAt),
            audit,
            cancel);

    public Task<bool> RevokeApiKeyAsync(string keyId, TenantId? tenant, DateTimeOffset at, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync("revoke an API key", () => new PostgresStatement("api_keys/revoke").Add(at).Add(keyId).Add(tenant?.Value), audit, cancel);

    public Task RecordKeyUseAsync(IReadOnlyDictionary<string, DateTimeOffset> lastUsed, CancellationToken cancel) =>
        _engine.CallAsync(
            "record the use of keys",
            connection => PostgresCalls.RunAsync(
                connection, new PostgresStatement("api_keys/record_use").Add([.. lastUsed.Keys.Select(key => (string?)key)]).Add([.. lastUsed.Values]), cancel),
            cancel);

    public Task<bool> RevokeTokenAsync(TenantId tenant, string tokenId, DateTimeOffset at, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync("revoke a token", () => new PostgresStatement("tokens/revoke").Add(tenant.Value).Add(tokenId).Add(at), audit, cancel);

    public async Task<TokenState?> TokenStateAsync(TenantId tenant, string tokenId, CancellationToken cancel)
    {
        var rows = await _engine.RowsAsync(
            "read a token's state", new PostgresStatement("tokens/state").Add(tenant.Value).Add(tokenId), row => row.GetBoolean(0), cancel);
        return rows.Count == 0 ? null : rows[0] ? TokenState.Revoked : TokenState.Used;
    }

    public async Task SeedAsync(IReadOnlyList<JobTemplate> templates, DateTimeOffset now, CancellationToken cancel)
    {
        await _engine.CallAsync(
            "seed templates",
            async connection =>
            {
                // Sorted, so that two processes that start at once wait for each other and never in a circle.
                await using var batch = PostgresCalls.Batch(
                    connection,
                    templates.OrderBy(one => one.TemplateKey, StringComparer.Ordinal)
                        .Select(one => new PostgresStatement("templates/seed").AddTemplateBody(one).Add(one.TemplateKey).Add(now).Add(one.Enabled)));
                return templates.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(cancel);
            },
            cancel);
        _registry.LookAgain();
    }

    public Task<bool> UpdateAsync(JobTemplate template, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync(
            "update a template",
            () => new PostgresStatement("templates/update")
                .AddTemplateBody(template).Add(template.Enabled).Add(template.UpdatedAt ?? audit.CreatedAt).Add(template.TemplateKey),
            audit,
            cancel);

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel) => _audit.RunAsync(entries, entries.Count, cancel);

    public ValueTask DisposeAsync() => _audit.DisposeAsync();

    private static async Task<IReadOnlyList<bool>> WriteAuditAsync(NpgsqlConnection connection, IReadOnlyList<IReadOnlyList<AuditEntry>> calls, CancellationToken cancel)
    {
        await PostgresCalls.RunAsync(connection, AuditRows.Append([.. calls.SelectMany(call => call)]), cancel);
        return [.. calls.Select(_ => true)];
    }

    /// <summary>Both in one batch, and so in one transaction.</summary>
    private async Task AuditedAsync(string act, PostgresStatement change, AuditEntry audit, CancellationToken cancel)
    {
        var append = AuditRows.Append([audit]);
        await _engine.CallAsync(
            act,
            async connection =>
            {
                await using var batch = PostgresCalls.Batch(connection, change, append);
                return await batch.ExecuteNonQueryAsync(cancel);
            },
            cancel);
        _registry.LookAgain();
    }

    private async Task<bool> AuditedIfChangedAsync(string act, Func<PostgresStatement> change, AuditEntry audit, CancellationToken cancel)
    {
        var changed = await _engine.CallAsync(
            act,
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                if (await PostgresCalls.RunAsync(connection, change(), cancel) == 0)
                {
                    return false;
                }

                await PostgresCalls.RunAsync(connection, AuditRows.Append([audit]), cancel);
                await transaction.CommitAsync(cancel);
                return true;
            },
            cancel);
        _registry.LookAgain();
        return changed;
    }
}
