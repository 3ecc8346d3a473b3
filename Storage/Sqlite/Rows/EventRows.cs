using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite.Rows;

/// <summary>Event rows to and from statements.</summary>
internal static class EventRows
{
    public static EventRow Read(SqliteStatement row) => new()
    {
        Id = new(row.Guid(0)),
        TenantId = new(row.Text(1)),
        ProjectId = row.TextOrNull(2),
        EventVersion = row.Text(3),
        EventType = row.Text(4),
        OccurredAt = row.Time(5),
        ReceivedAt = row.Time(6),
        TraceId = row.Text(7),
        ActorId = row.TextOrNull(8),
        SourceApp = row.Text(9),
        SourceModule = row.TextOrNull(10),
        Subject = row.TextOrNull(11) is { } type ? new EventSubject(type, row.Text(12)) : null,
        Payload = row.Json(13),
        ContainsPii = row.Bool(14),
        RedactionHints = row.JsonAs<RedactionHints>(15),
        Processed = row.Bool(16),
        ProcessedAt = row.TimeOrNull(17),
        ProcessingJobId = row.GuidOrNull(18) is { } job ? new JobId(job) : null,
        CreatedAt = row.Time(19),
    };

    /// <summary>Binds an event in the order of events/append.</summary>
    public static SqliteStatement AddEvent(this SqliteStatement statement, EventRow row) =>
        statement.Add(row.Id.Value).Add(row.TenantId.Value).Add(row.ProjectId).Add(row.EventVersion).Add(row.EventType).Add(row.OccurredAt)
            .Add(row.ReceivedAt).Add(row.TraceId).Add(row.ActorId).Add(row.SourceApp).Add(row.SourceModule).Add(row.SubjectType)
            .Add(row.SubjectId).Add(row.Payload).Add(row.ContainsPii).AddJson(row.RedactionHints).Add(row.Processed).Add(row.ProcessedAt)
            .Add(row.ProcessingJobId?.Value).Add(row.CreatedAt);
}
