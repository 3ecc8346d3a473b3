using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite.Rows;

/// <summary>Rows of the registry to and from statements: templates, tenants, API keys.</summary>
internal static class RegistryReading
{
    public static JobTemplate ReadTemplate(SqliteStatement row) => new()
    {
        TemplateKey = row.Text(0),
        Name = row.Text(1),
        Description = row.TextOrNull(2),
        Category = row.Text(3),
        Version = row.Text(4),
        InputSchema = row.Json(5),
        OutputSchema = row.Json(6),
        RequiredScopes = row.JsonAs<IReadOnlyList<string>>(7)!,
        RequiredConnectors = row.JsonAs<IReadOnlyList<string>>(8)!,
        EstimatedCostTier = row.Text(9),
        DefaultMaxAttempts = row.Int32(10),
        DefaultTimeoutMs = row.Int32(11),
        IsActionJob = row.Bool(12),
        Enabled = row.Bool(13),
        CreatedAt = row.Time(14),
        UpdatedAt = row.Time(15),
    };

    public static TenantRow ReadTenant(SqliteStatement row) =>
        new(new(row.Text(0)), row.Text(1), row.Int32(2), row.Int32(3), row.Time(4)) { Limits = new GateLimits((int?)row.Int64OrNull(5), (int?)row.Int64OrNull(6)) };

    public static PauseRow ReadPause(SqliteStatement row) => new(TenantOrNull(row, 0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.Time(4));

    public static ApiKeyRow ReadApiKey(SqliteStatement row) =>
        new(row.Text(0), TenantOrNull(row, 1), row.Text(2), row.Text(3), row.BytesOrNull(7) ?? [], row.Time(4))
        {
            RevokedAt = row.TimeOrNull(5),
            LastUsedAt = row.TimeOrNull(6),
        };

    public static TenantId? TenantOrNull(SqliteStatement row, int column) => row.TextOrNull(column) is { } id ? new TenantId(id) : null;

    /// <summary>Binds name to is_action_job, the columns that seeding and updating share.</summary>
    public static SqliteStatement AddTemplateBody(this SqliteStatement statement, JobTemplate template) =>
        statement.Add(template.Name).Add(template.Description).Add(template.Category).Add(template.Version).Add(template.InputSchema)
            .Add(template.OutputSchema).AddJson(template.RequiredScopes).AddJson(template.RequiredConnectors).Add(template.EstimatedCostTier)
            .Add(template.DefaultMaxAttempts).Add(template.DefaultTimeoutMs).Add(template.IsActionJob);
}
