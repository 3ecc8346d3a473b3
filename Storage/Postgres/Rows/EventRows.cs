using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres.Engine;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>Event rows to and from statements.</summary>
internal static class EventRows
{
    public static EventRow Read(NpgsqlDataReader row) => new()
    {
        Id = new(row.GetGuid(0)),
        TenantId = new(row.GetString(1)),
        ProjectId = row.TextOrNull(2),
        EventVersion = row.GetString(3),
        EventType = row.GetString(4),
        OccurredAt = row.Time(5),
        ReceivedAt = row.Time(6),
        TraceId = row.GetString(7),
        ActorId = row.TextOrNull(8),
        SourceApp = row.GetString(9),
        SourceModule = row.TextOrNull(10),
        Subject = row.TextOrNull(11) is { } type ? new EventSubject(type, row.GetString(12)) : null,
        Payload = row.Json(13),
        ContainsPii = row.GetBoolean(14),
        RedactionHints = row.JsonAs<RedactionHints>(15),
        Processed = row.GetBoolean(16),
        ProcessedAt = row.TimeOrNull(17),
        ProcessingJobId = row.GuidOrNull(18) is { } job ? new JobId(job) : null,
        CreatedAt = row.Time(19),
    };

    /// <summary>Adds the columns of many events in the order of events/append.</summary>
    public static PostgresStatement AddEvents(this PostgresStatement statement, IReadOnlyList<EventRow> rows) => statement
        .Add([.. rows.Select(row => row.Id.Value)])
        .Add([.. rows.Select(row => row.TenantId.Value)])
        .Add([.. rows.Select(row => row.ProjectId)])
        .Add([.. rows.Select(row => row.EventVersion)])
        .Add([.. rows.Select(row => row.EventType)])
        .Add([.. rows.Select(row => row.OccurredAt)])
        .Add([.. rows.Select(row => row.ReceivedAt)])
        .Add([.. rows.Select(row => row.TraceId)])
        .Add([.. rows.Select(row => row.ActorId)])
        .Add([.. rows.Select(row => row.SourceApp)])
        .Add([.. rows.Select(row => row.SourceModule)])
        .Add([.. rows.Select(row => row.SubjectType)])
        .Add([.. rows.Select(row => row.SubjectId)])
        .AddJsonColumn([.. rows.Select(row => Value.Json(row.Payload))])
        .Add([.. rows.Select(row => row.ContainsPii)])
        .AddJsonColumn([.. rows.Select(row => Value.JsonOf(row.RedactionHints))])
        .Add([.. rows.Select(row => row.Processed)])
        .Add([.. rows.Select(row => row.ProcessedAt)])
        .Add([.. rows.Select(row => row.ProcessingJobId?.Value)])
        .Add([.. rows.Select(row => row.CreatedAt)]);
}
