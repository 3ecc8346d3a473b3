using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite.Rows;

/// <summary>Audit rows to and from statements.</summary>
internal static class AuditRows
{
    private static readonly Dictionary<string, ErrorCode> Codes = Enum.GetValues<ErrorCode>().ToDictionary(code => code.Word(), StringComparer.Ordinal);

    public static void Append(SqliteSession session, AuditEntry entry) =>
        session.Use("audit/append")
            .Add(entry.Id).Add(entry.TenantId?.Value).Add(entry.ProjectId).Add(entry.Action).Add(entry.Allowed).Add(entry.Code?.Word())
            .Add(entry.Reason).Add(entry.ActorId).Add(entry.KeyId).Add(entry.CorrelationId).Add(entry.TraceId).Add(entry.EventId?.Value)
            .Add(entry.JobId?.Value).Add(entry.TemplateKey).Add(entry.PolicyTokenId).AddJson(entry.ScopesGranted).Add(entry.Details)
            .Add(entry.CreatedAt)
            .Run();

    public static AuditEntry Read(SqliteStatement row) => new()
    {
        Id = row.Guid(0),
        TenantId = row.TextOrNull(1) is { } tenant ? new TenantId(tenant) : null,
        ProjectId = row.TextOrNull(2),
        Action = row.Text(3),
        Allowed = row.Bool(4),
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
