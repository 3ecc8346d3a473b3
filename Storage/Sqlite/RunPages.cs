using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>The read model's lists, and what it derives from rows.</summary>
internal static class RunPages
{
    public static List<JobRow> Jobs(SqliteSession session, JobQuery query, byte[] before)
    {
        var any = query.Statuses.Count == 0;
        var statuses = any ? null : string.Join(',', query.Statuses.Select(status => status.Word()));
        return session.Use("read/jobs")
            .Add(query.TenantId.Value).Add(before).Add(any || query.Statuses.Any(status => !status.IsFinal()))
            .Add(query.TemplateKey).Add(query.ProjectId).Add(query.TraceId).Add(statuses)
            .Add(any || query.Statuses.Any(status => status.IsFinal())).Add(query.Limit + 1)
            .All(JobRows.ReadRow);
    }

    public static List<ChildRun> Children(SqliteSession session, TenantId tenant, JobId parent, int limit)
    {
        var prefix = ChildRun.KeyPrefix(parent);
        return session.Use("read/children").Add(parent.Value).Add(tenant.Value).Add(prefix).Add(limit)
            .All(row => new ChildRun(new(row.Guid(0)), row.Text(1)[prefix.Length..], row.Text(2), JobStatuses.Parse(row.Text(3)))
            {
                Result = row.JsonOrNull(4),
                Error = row.JsonAs<JobError>(5),
            });
    }

    public static List<JobRow> DeadLetters(SqliteSession session, DeadLetterQuery query, byte[] before) =>
        session.Use("read/dead_letters").Add(query.Filter.TenantId.Value).Add(before).AddFilter(query.Filter).Add(query.Limit + 1).All(JobRows.ReadRow);

    public static List<DeadLetterCount> CountDeadLetters(SqliteSession session, DeadLetterFilter filter, int atMost) =>
        session.Use("read/count_dead_letters").Add(filter.TenantId.Value).AddFilter(filter).Add(atMost)
            .All(row => new DeadLetterCount(row.Text(0), row.TextOrNull(1), row.Int64(2)));

    private static SqliteStatement AddFilter(this SqliteStatement statement, DeadLetterFilter filter) =>
        statement.Add(filter.TemplateKey).Add(filter.StatusReason).Add(filter.ErrorCode).Add(filter.Attempts).Add(From(filter.FromTime)).Add(To(filter.ToTime));

    public static List<EventRow> Events(SqliteSession session, EventQuery query, (long At, byte[] Id) before) =>
        session.Use("events/list")
            .Add(query.TenantId.Value).Add(before.At).Add(before.Id).Add(From(query.FromTime)).Add(To(query.ToTime))
            .Add(query.EventType).Add(query.SourceApp).Add(query.SourceModule).Add(query.ProjectId).Add(query.TraceId)
            .Add(query.Processed is { } processed ? (processed ? 1L : 0L) : null)
            .Add(query.Limit + 1).Add(query.Cursor is null ? query.Offset : 0)
            .All(EventRows.Read);

    public static List<AuditEntry> Audit(SqliteSession session, AuditQuery query, byte[] before) =>
        session.Use(query.TenantId is null ? "audit/list_all" : "audit/list")
            .Add(query.TenantId?.Value).Add(before).Add(query.Action)
            .Add(query.Allowed is { } allowed ? (allowed ? 1L : 0L) : null)
            .Add(query.JobId?.Value).Add(From(query.FromTime)).Add(To(query.ToTime)).Add(query.Limit + 1)
            .All(AuditRows.Read);

    /// <summary>The written attempts, and the last one as the job's own row tells it.</summary>
    public static IReadOnlyList<AttemptRow> Attempts(SqliteSession session, JobRow row)
    {
        var attempts = session.Use("read/attempts").Add(row.Id.Value).Add(row.TenantId.Value).All(ReadAttempt);
        var worker = session.Use("read/last_worker").Add(row.Id.Value).Add(row.TenantId.Value).First(one => one.TextOrNull(0));
        return RunRows.Attempts(row, attempts, worker);
    }

    private static AttemptRow ReadAttempt(SqliteStatement row) =>
        new(new(row.Guid(0)), row.Int32(1), row.TextOrNull(2), row.Time(3), row.TimeOrNull(4), row.Text(5), row.JsonAs<JobError>(6));

    private static long From(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? long.MinValue;

    private static long To(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? long.MaxValue;
}
