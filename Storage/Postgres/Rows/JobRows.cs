using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>
/// Job rows from statements. Every statement that answers jobs selects the columns of the view jobforge_all_jobs in its order; those of rows that the caller knows
/// as such may end with its options.
/// </summary>
internal static class JobRows
{
    public static StoredJob Read(NpgsqlDataReader row) => new()
    {
        Row = ReadRow(row),
        OwnerEpoch = row.Int64OrNull(26),
        FairTag = row.GetDouble(27),
        WaitUntil = row.TimeOrNull(28),
        WriteStartFirst = row.GetBoolean(29),
        CancelRequestedAt = row.TimeOrNull(30),
        HolderEpoch = row.Int64OrNull(31),
        ExpiresAt = row.TimeOrNull(36),
        DeadlineAt = row.TimeOrNull(37),
        Hold = row.TextOrNull(38) is { } hold ? JobHolds.Parse(hold) : null,
        GateKey = row.TextOrNull(39),
        HandlerState = row.JsonOrNull(40),
    };

    public static JobRow ReadRow(NpgsqlDataReader row)
    {
        var open = new JobRow
        {
            Id = new(row.GetGuid(0)),
            TenantId = new(row.GetString(1)),
            ProjectId = row.TextOrNull(2),
            TemplateKey = row.GetString(3),
            TemplateVersion = row.GetString(4),
            Inputs = row.Json(5),
            InputsDigest = row.GetString(6),
            Status = JobStatuses.Parse(row.GetString(7)),
            StatusReason = row.TextOrNull(8),
            Attempts = row.GetInt32(9),
            MaxAttempts = row.GetInt32(10),
            TimeoutMs = row.GetInt32(11),
            Priority = row.GetInt32(12),
            RunAt = row.Time(13),
            TraceId = row.GetString(14),
            ActorId = row.TextOrNull(15),
            IdempotencyKey = row.TextOrNull(16),
            TriggerId = row.TextOrNull(17),
            EventId = row.IsDBNull(18) ? null : new EventId(row.GetGuid(18)),
            ParentRunId = JobIdOrNull(row, 19),
            RetryOf = JobIdOrNull(row, 20),
            PolicyTokenId = row.TextOrNull(21),
            Progress = row.JsonAs<JobProgress>(22),
            StartedAt = row.TimeOrNull(23),
            CreatedAt = row.Time(24),
            UpdatedAt = row.Time(25),
        };
        open = row.JsonAs<JobOptions>(35) is { } options ? options.On(open) : open;
        return row.IsDBNull(34) ? open : open with { Result = row.JsonOrNull(32), Error = row.JsonAs<JobError>(33), FinishedAt = row.Time(34) };
    }

    private static JobId? JobIdOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new JobId(row.GetGuid(column));
}
