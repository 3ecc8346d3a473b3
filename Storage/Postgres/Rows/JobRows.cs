using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>
/// Job rows from statements. Every statement that answers jobs selects the columns of the view jobforge_all_jobs in its order; those of open jobs only may
/// leave out the last three, which are null for them.
/// </summary>
internal static class JobRows
{
    private const int OpenColumns = 32;

    /// <summary>Reads to the end of the result.</summary>
    public static async Task<List<StoredJob>> ReadAllAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var jobs = new List<StoredJob>();
        while (await reader.ReadAsync(cancel))
        {
            jobs.Add(Read(reader));
        }

        return jobs;
    }

    public static StoredJob Read(NpgsqlDataReader row) => new()
    {
        Row = ReadRow(row),
        OwnerEpoch = LongOrNull(row, 26),
        FairTag = row.GetDouble(27),
        WaitUntil = TimeOrNull(row, 28),
        WriteStartFirst = row.GetBoolean(29),
        CancelRequestedAt = TimeOrNull(row, 30),
        HolderEpoch = LongOrNull(row, 31),
    };

    public static JobRow ReadRow(NpgsqlDataReader row)
    {
        var open = new JobRow
        {
            Id = new(row.GetGuid(0)),
            TenantId = new(row.GetString(1)),
            ProjectId = TextOrNull(row, 2),
            TemplateKey = row.GetString(3),
            TemplateVersion = row.GetString(4),
            Inputs = JsonElement.Parse(row.GetFieldValue<byte[]>(5)),
            InputsDigest = row.GetString(6),
            Status = JobStatuses.Parse(row.GetString(7)),
            StatusReason = TextOrNull(row, 8),
            Attempts = row.GetInt32(9),
            MaxAttempts = row.GetInt32(10),
            TimeoutMs = row.GetInt32(11),
            Priority = row.GetInt32(12),
            RunAt = Time(row, 13),
            TraceId = row.GetString(14),
            ActorId = TextOrNull(row, 15),
            IdempotencyKey = TextOrNull(row, 16),
            TriggerId = TextOrNull(row, 17),
            EventId = row.IsDBNull(18) ? null : new EventId(row.GetGuid(18)),
            ParentRunId = JobIdOrNull(row, 19),
            RetryOf = JobIdOrNull(row, 20),
            PolicyTokenId = TextOrNull(row, 21),
            Progress = JsonAs<JobProgress>(row, 22),
            StartedAt = TimeOrNull(row, 23),
            CreatedAt = Time(row, 24),
            UpdatedAt = Time(row, 25),
        };
        return row.FieldCount <= OpenColumns + 1 || row.IsDBNull(34)
            ? open
            : open with { Result = JsonOrNull(row, 32), Error = JsonAs<JobError>(row, 33), FinishedAt = Time(row, 34) };
    }

    public static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column));

    public static DateTimeOffset? TimeOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Time(row, column);

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? LongOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static JobId? JobIdOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new JobId(row.GetGuid(column));

    private static JsonElement? JsonOrNull(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : JsonElement.Parse(row.GetFieldValue<byte[]>(column));

    private static T? JsonAs<T>(NpgsqlDataReader row, int column)
        where T : class =>
        row.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(row.GetFieldValue<byte[]>(column), ContractJson.Options);
}
