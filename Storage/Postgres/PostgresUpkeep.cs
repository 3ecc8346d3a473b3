using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Daily partitions: made ahead, and dropped as a whole after what belongs to their rows elsewhere is deleted in slices.</summary>
internal sealed class PostgresUpkeep(NpgsqlDataSource engine, int daysAhead) : IStoreUpkeep
{
    private const int Slice = 1_000;
    private const int KeySlice = 10_000;

    // Where the slices of a day, and of the event keys, go on. Lost at a restart, and merely walked again then.
    private (DateOnly Day, string Tenant, Guid Id) _jobs;
    private Guid _eventKeys;

    public async Task EnsureAheadAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var (first, last) = (Day(now), Day(now).AddDays(daysAhead));
        var missing = await engine.RowsAsync("look for partitions", new PostgresStatement("upkeep/missing_days").Add(first).Add(last), row => row.GetInt64(0), cancel);
        if (missing[0] > 0)
        {
            await engine.RowsAsync("make partitions", new PostgresStatement("upkeep/ensure_ahead").Add(first).Add(last), row => row.GetInt32(0), cancel);
        }
    }

    public async Task<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancel)
    {
        var more = retention.FinishedJobs is { } jobs && await TrimJobsAsync(Day(now - jobs), cancel);
        if (retention.Events is { } events)
        {
            more |= await DropAsync("jobforge_events", Day(now - events), cancel);
            more |= await TrimEventKeysAsync(now - events, cancel);
        }

        if (retention.AuditLogs is { } audit)
        {
            more |= await DropAsync("jobforge_audit_logs", Day(now - audit), cancel);
        }

        return more;
    }

    /// <summary>One slice of the oldest day; after its last slice the day itself.</summary>
    private async Task<bool> TrimJobsAsync(DateOnly before, CancellationToken cancel)
    {
        if (await OldestDayAsync(before, cancel) is not { } day)
        {
            return await DropAsync("jobforge_finished_jobs", before, cancel);
        }

        if (_jobs.Day != day)
        {
            _jobs = (day, "", Guid.Empty);
        }

        var slice = await engine.RowsAsync(
            "read jobs past their retention",
            new PostgresStatement("upkeep/jobs_of_day").Add(Start(day)).Add(Start(day.AddDays(1))).Add(_jobs.Tenant).Add(_jobs.Id).Add(Slice),
            row => (Tenant: row.GetString(0), Id: row.GetGuid(1), Template: row.GetString(2), Key: row.TextOrNull(3)),
            cancel);
        if (slice.Count > 0)
        {
            Guid[] ids = [.. slice.Select(job => job.Id)];
            var keyed = slice.Where(job => job.Key is not null).ToList();
            await engine.CallAsync(
                "forget jobs past their retention",
                async connection =>
                {
                    await using var batch = PostgresCalls.Batch(
                        connection,
                        new PostgresStatement("upkeep/forget_job_keys")
                            .Add([.. keyed.Select(job => new Guid(KeyHash.Of(job.Tenant, job.Template, job.Key!), bigEndian: true))]).Add([.. keyed.Select(job => job.Id)]),
                        new PostgresStatement("upkeep/forget_attempts").Add(ids),
                        new PostgresStatement("upkeep/forget_logs").Add(ids));
                    return await batch.ExecuteNonQueryAsync(cancel);
                },
                cancel);
            _jobs = (day, slice[^1].Tenant, slice[^1].Id);
        }

        if (slice.Count < Slice)
        {
            await DropAsync("jobforge_finished_jobs", day.AddDays(1), cancel);
        }

        return true;
    }

    private async Task<DateOnly?> OldestDayAsync(DateOnly before, CancellationToken cancel)
    {
        var days = await engine.RowsAsync(
            "look for partitions",
            new PostgresStatement("upkeep/oldest_day").Add("jobforge_finished_jobs").Add(before),
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0),
            cancel);
        return days[0];
    }

    private async Task<bool> DropAsync(string table, DateOnly before, CancellationToken cancel)
    {
        var dropped = await engine.RowsAsync(
            "drop partitions",
            new PostgresStatement("upkeep/drop_days").Add(table).Add(before).Add(Slice),
            row => (Partitions: row.GetInt32(0), Rows: row.GetInt32(1)),
            cancel);
        return dropped[0].Rows == Slice;
    }

    private async Task<bool> TrimEventKeysAsync(DateTimeOffset before, CancellationToken cancel)
    {
        // A day behind the events themselves, which go by whole days: a key whose event is still there must not go.
        var ended = await engine.RowsAsync(
            "forget event keys",
            new PostgresStatement("upkeep/forget_event_keys").Add(_eventKeys).Add(before - TimeSpan.FromDays(2)).Add(KeySlice),
            row => row.TextOrNull(0),
            cancel);
        _eventKeys = ended[0] is { } hash ? Guid.Parse(hash) : Guid.Empty;
        return ended[0] is not null;
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
