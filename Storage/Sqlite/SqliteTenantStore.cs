using JobForge.Contracts.Audit;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>What operators change, each with its audit row, and the audit log's own door.</summary>
internal sealed class SqliteTenantStore(SqliteWriter writer) : ITenantStore, ITemplateStore, IAuditLog
{
    public Task PutTenantAsync(TenantRow tenant, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            session => session.Use("tenants/put")
                .Add(tenant.Id.Value).Add(tenant.Name).Add(tenant.RequestsPerMinute).Add(tenant.MaxQueuedJobs).Add(tenant.CreatedAt)
                .Add(tenant.Limits.MaxRunning).Add(tenant.Limits.StartsPerMinute).Run(),
            audit,
            cancel);

    public Task SetFlagAsync(TenantId? tenant, FeatureFlag flag, bool? value, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            session => value is { } on
                ? session.Use("flags/set").Add(tenant?.Value).Add(flag.Word()).Add(on).Run()
                : session.Use("flags/clear").Add(tenant?.Value).Add(flag.Word()).Run(),
            audit,
            cancel);

    public Task SetTenantTemplateAsync(TenantId tenant, string templateKey, bool enabled, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(session => session.Use("tenants/set_template").Add(tenant.Value).Add(templateKey).Add(enabled).Run(), audit, cancel);

    public Task PauseAsync(PauseRow pause, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            session => session.Use("pauses/put")
                .Add(pause.Tenant?.Value).Add(pause.TemplateKey).Add(pause.Reason).Add(pause.ActorId).Add(pause.PausedAt).Run(),
            audit,
            cancel);

    public Task<bool> ResumeAsync(TenantId? tenant, string? templateKey, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync(session => session.Use("pauses/remove").Add(tenant?.Value).Add(templateKey).Run(), audit, cancel);

    public Task AddApiKeyAsync(ApiKeyRow key, AuditEntry audit, CancellationToken cancel) =>
        AuditedAsync(
            session => session.Use("api_keys/add")
                .Add(key.KeyId).Add(key.TenantId?.Value).Add(key.Role).Add(key.Name).Add(key.KeyHash).Add(key.CreatedAt).Add(key.RevokedAt)
                .Add(key.LastUsedAt).Run(),
            audit,
            cancel);

    public Task<bool> RevokeApiKeyAsync(string keyId, TenantId? tenant, DateTimeOffset at, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync(session => session.Use("api_keys/revoke").Add(at).Add(keyId).Add(tenant?.Value).Run(), audit, cancel);

    public Task RecordKeyUseAsync(IReadOnlyDictionary<string, DateTimeOffset> lastUsed, CancellationToken cancel) =>
        writer.RunAsync(
            session => lastUsed.Sum(use => session.Use("api_keys/record_use").Add(use.Value).Add(use.Key).Run()), lastUsed.Count, cancel);

    public Task<bool> RevokeTokenAsync(TenantId tenant, string tokenId, DateTimeOffset at, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync(session => session.Use("tokens/revoke").Add(tenant.Value).Add(tokenId).Add(at).Run(), audit, cancel);

    public Task<TokenState?> TokenStateAsync(TenantId tenant, string tokenId, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.Use("tokens/state").Add(tenant.Value).Add(tokenId)
                .First<TokenState?>(row => row.Bool(0) ? TokenState.Revoked : TokenState.Used),
            weight: 1,
            cancel);

    public Task SeedAsync(IReadOnlyList<JobTemplate> templates, DateTimeOffset now, CancellationToken cancel) =>
        writer.RunAsync(
            session => templates.Sum(one => session.Use("templates/seed").Add(one.TemplateKey).AddTemplateBody(one).Add(one.Enabled).Add(now).Add(now).Run()),
            templates.Count,
            cancel);

    public Task<bool> UpdateAsync(JobTemplate template, AuditEntry audit, CancellationToken cancel) =>
        AuditedIfChangedAsync(
            session => session.Use("templates/update")
                .AddTemplateBody(template).Add(template.Enabled).Add(template.UpdatedAt ?? audit.CreatedAt).Add(template.TemplateKey).Run(),
            audit,
            cancel);

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                foreach (var entry in entries)
                {
                    AuditRows.Append(session, entry);
                }

                return entries.Count;
            },
            entries.Count,
            cancel);

    private Task AuditedAsync(Func<SqliteSession, int> change, AuditEntry audit, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                AuditRows.Append(session, audit);
                return change(session);
            },
            weight: 2,
            cancel);

    private Task<bool> AuditedIfChangedAsync(Func<SqliteSession, int> change, AuditEntry audit, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                var changed = change(session) > 0;
                if (changed)
                {
                    AuditRows.Append(session, audit);
                }

                return changed;
            },
            weight: 2,
            cancel);
}
