using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres.Engine;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>Audit rows to and from statements.</summary>
internal static class AuditRows
{
    private static readonly Dictionary<string, ErrorCode> Codes = Enum.GetValues<ErrorCode>().ToDictionary(code => code.Word(), StringComparer.Ordinal);

    public static Task AppendAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> entries, CancellationToken cancel) =>
        entries.Count == 0 ? Task.CompletedTask : PostgresCalls.RunAsync(connection, Append(entries), cancel);

    /// <summary>One statement for all of them, to run beside the change that they tell of.</summary>
    public static PostgresStatement Append(IReadOnlyList<AuditEntry> entries) => new PostgresStatement("audit/append")
        .Add([.. entries.Select(one => one.Id)])
        .Add([.. entries.Select(one => one.TenantId?.Value)])
        .Add([.. entries.Select(one => one.ProjectId)])
        .Add([.. entries.Select(one => one.Action)])
        .Add([.. entries.Select(one => one.Allowed)])
        .Add([.. entries.Select(one => one.Code?.Word())])
        .Add([.. entries.Select(one => one.Reason)])
        .Add([.. entries.Select(one => one.ActorId)])
        .Add([.. entries.Select(one => one.KeyId)])
        .Add([.. entries.Select(one => one.CorrelationId)])
        .Add([.. entries.Select(one => one.TraceId)])
        .Add([.. entries.Select(one => one.EventId?.Value)])
        .Add([.. entries.Select(one => one.JobId?.Value)])
        .Add([.. entries.Select(one => one.TemplateKey)])
        .Add([.. entries.Select(one => one.PolicyTokenId)])
        .AddJsonColumn([.. entries.Select(one => Value.JsonOf(one.ScopesGranted))])
        .AddJsonColumn([.. entries.Select(one => Value.Json(one.Details))])
        .Add([.. entries.Select(one => one.CreatedAt)]);

    public static AuditEntry Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        TenantId = row.TextOrNull(1) is { } tenant ? new TenantId(tenant) : null,
        ProjectId = row.TextOrNull(2),
        Action = row.GetString(3),
        Allowed = row.GetBoolean(4),
        Code = row.TextOrNull(5) is { } code ? Codes[code] : null,
        Reason = row.TextOrNull(6),
        ActorId = row.TextOrNull(7),
        KeyId = row.TextOrNull(8),
        CorrelationId = row.TextOrNull(9),
        TraceId = row.TextOrNull(10),
        EventId = row.GuidOrNull(11) is { } eventId ? new EventId(eventId) : null,
        JobId = row.GuidOrNull(12) is { } jobId ? new JobId(jobId) : null,
        TemplateKey = row.TextOrNull(13),
        PolicyTokenId = row.TextOrNull(14),
        ScopesGranted = row.JsonAs<IReadOnlyList<string>>(15),
        Details = row.JsonOrNull(16),
        CreatedAt = row.Time(17),
    };
}
