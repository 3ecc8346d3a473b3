using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>Rows of the registry to and from statements: templates, tenants, API keys.</summary>
internal static class RegistryReading
{
    public static JobTemplate ReadTemplate(NpgsqlDataReader row) => new()
    {
        TemplateKey = row.GetString(0),
        Name = row.GetString(1),
        Description = row.TextOrNull(2),
        Category = row.GetString(3),
        Version = row.GetString(4),
        InputSchema = row.Json(5),
        OutputSchema = row.Json(6),
        RequiredScopes = row.JsonAs<IReadOnlyList<string>>(7)!,
        RequiredConnectors = row.JsonAs<IReadOnlyList<string>>(8)!,
        EstimatedCostTier = row.GetString(9),
        DefaultMaxAttempts = row.GetInt32(10),
        DefaultTimeoutMs = row.GetInt32(11),
        IsActionJob = row.GetBoolean(12),
        Enabled = row.GetBoolean(13),
        CreatedAt = row.Time(14),
        UpdatedAt = row.Time(15),
    };

    public static TenantRow ReadTenant(NpgsqlDataReader row) =>
        new(new(row.GetString(0)), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.Time(4)) { Limits = new GateLimits(row.Int32OrNull(5), row.Int32OrNull(6)) };

    public static PauseRow ReadPause(NpgsqlDataReader row) => new(TenantOrNull(row, 0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.Time(4));

    public static ApiKeyRow ReadApiKey(NpgsqlDataReader row) =>
        new(row.GetString(0), TenantOrNull(row, 1), row.GetString(2), row.GetString(3), row.BytesOrNull(7) ?? [], row.Time(4))
        {
            RevokedAt = row.TimeOrNull(5),
            LastUsedAt = row.TimeOrNull(6),
        };

    public static TenantId? TenantOrNull(NpgsqlDataReader row, int column) => row.TextOrNull(column) is { } id ? new TenantId(id) : null;

    /// <summary>Adds name to is_action_job, the columns that seeding and updating share.</summary>
    public static PostgresStatement AddTemplateBody(this PostgresStatement statement, JobTemplate template) =>
        statement.Add(template.Name).Add(template.Description).Add(template.Category).Add(template.Version).Add(template.InputSchema)
            .Add(template.OutputSchema).AddJson(template.RequiredScopes).AddJson(template.RequiredConnectors).Add(template.EstimatedCostTier)
            .Add(template.DefaultMaxAttempts).Add(template.DefaultTimeoutMs).Add(template.IsActionJob);
}
