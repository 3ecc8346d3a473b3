using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite.Rows;

/// <summary>Job rows to and from statements. Every statement that answers jobs selects the columns of the view jobforge_all_jobs, in its order.</summary>
internal static class JobRows
{
    public static StoredJob Read(SqliteStatement row) => new()
    {
        Row = ReadRow(row),
        OwnerEpoch = row.Int64OrNull(29),
        FairTag = row.Double(30),
        WaitUntil = row.TimeOrNull(31),
        WriteStartFirst = row.Bool(32),
        CancelRequestedAt = row.TimeOrNull(33),
        HolderEpoch = row.Int64OrNull(34),
        ExpiresAt = row.TimeOrNull(36),
        DeadlineAt = row.TimeOrNull(37),
        Hold = row.TextOrNull(38) is { } hold ? JobHolds.Parse(hold) : null,
        GateKey = row.TextOrNull(39),
        HandlerState = row.JsonOrNull(40),
    };

    public static JobRow ReadRow(SqliteStatement row) => row.JsonAs<JobOptions>(35) is { } options ? options.On(ReadPlainRow(row)) : ReadPlainRow(row);

    private static JobRow ReadPlainRow(SqliteStatement row) => new()
    {
        Id = new(row.Guid(0)),
        TenantId = new(row.Text(1)),
        ProjectId = row.TextOrNull(2),
        TemplateKey = row.Text(3),
        TemplateVersion = row.Text(4),
        Inputs = row.Json(5),
        InputsDigest = row.Text(6),
        Status = JobStatuses.Parse(row.Text(7)),
        StatusReason = row.TextOrNull(8),
        Attempts = row.Int32(9),
        MaxAttempts = row.Int32(10),
        TimeoutMs = row.Int32(11),
        Priority = row.Int32(12),
        RunAt = row.Time(13),
        TraceId = row.Text(14),
        ActorId = row.TextOrNull(15),
        IdempotencyKey = row.TextOrNull(16),
        TriggerId = row.TextOrNull(17),
        EventId = row.GuidOrNull(18) is { } eventId ? new EventId(eventId) : null,
        ParentRunId = JobIdOrNull(row, 19),
        RetryOf = JobIdOrNull(row, 20),
        PolicyTokenId = row.TextOrNull(21),
        Progress = row.JsonAs<JobProgress>(22),
        StartedAt = row.TimeOrNull(23),
        CreatedAt = row.Time(24),
        UpdatedAt = row.Time(25),
        Result = row.JsonOrNull(26),
        Error = row.JsonAs<JobError>(27),
        FinishedAt = row.TimeOrNull(28),
    };

    /// <summary>Binds a new job in the order of jobs/admit.</summary>
    public static SqliteStatement AddJob(this SqliteStatement statement, StoredJob job, long? owner)
    {
        var row = job.Row;
        return statement.Add(row.Id.Value).Add(row.TenantId.Value).Add(row.ProjectId).Add(row.TemplateKey).Add(row.TemplateVersion)
            .Add(row.Inputs).Add(row.InputsDigest).Add(row.Status.Word()).Add(row.StatusReason).Add(row.Attempts).Add(row.MaxAttempts)
            .Add(row.TimeoutMs).Add(row.Priority).Add(row.RunAt).Add(row.TraceId).Add(row.ActorId).Add(row.IdempotencyKey).Add(row.TriggerId)
            .Add(row.EventId?.Value).Add(row.ParentRunId?.Value).Add(row.RetryOf?.Value).Add(row.PolicyTokenId).AddJson(row.Progress)
            .Add(row.StartedAt).Add(row.CreatedAt).Add(row.UpdatedAt)
            .Add(owner).AddReal(job.FairTag).Add(job.WaitUntil).Add(job.WriteStartFirst).Add(job.CancelRequestedAt)
            .AddJson(JobOptions.Of(row)).Add(job.ExpiresAt).Add(job.DeadlineAt).Add(job.Hold?.Word()).Add(job.GateKey).Add(job.HandlerState);
    }

    /// <summary>Binds the five values of the fence, which stand last in every state change.</summary>
    public static SqliteStatement AddFence(this SqliteStatement statement, RunFence fence) =>
        statement.Add(fence.JobId.Value).Add(fence.Status.Word()).Add(fence.OwnerEpoch).Add(fence.Attempt).Add(fence.HolderEpoch);

    private static JobId? JobIdOrNull(SqliteStatement row, int column) => row.GuidOrNull(column) is { } id ? new JobId(id) : null;
}
