using System.Buffers.Binary;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite;

/// <summary>Deletes in slices, each one write among the others, so that nobody waits long behind one.</summary>
internal sealed class SqliteUpkeep(SqliteWriter writer) : IStoreUpkeep
{
    private const int Slice = 500;
    private const int KeySlice = 5_000;

    // Where the walk over the event keys goes on; only the writer's thread touches it.
    private byte[] _eventKeys = [];

    /// <summary>One file holds all days.</summary>
    public Task EnsureAheadAsync(DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

    public Task<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                var more = retention.FinishedJobs is { } jobs && TrimJobs(session, now - jobs);
                more |= retention.Events is { } events && TrimEvents(session, now - events);
                more |= retention.AuditLogs is { } audit && TrimAudit(session, now - audit);
                return more;
            },
            Slice,
            cancel);

    private static bool TrimJobs(SqliteSession session, DateTimeOffset before)
    {
        var oldest = session.Use("upkeep/oldest_jobs").Add(Slice)
            .All(row => (Row: row.Int64(0), Id: row.Guid(1), Tenant: row.Text(2), Template: row.Text(3), Key: row.TextOrNull(4), At: row.Time(5)));
        var expired = oldest.TakeWhile(job => job.At < before).ToList();
        foreach (var job in expired)
        {
            if (job.Key is not null)
            {
                session.Use("upkeep/forget_job_key").Add(KeyHash.Of(job.Tenant, job.Template, job.Key)).Add(job.Id).Run();
            }

            session.Use("upkeep/forget_attempts").Add(job.Id).Run();
            session.Use("upkeep/forget_logs").Add(job.Id).Run();
            session.Use("upkeep/delete_job").Add(job.Row).Run();
        }

        return expired.Count == Slice;
    }

    private bool TrimEvents(SqliteSession session, DateTimeOffset before)
    {
        var expired = session.Use("upkeep/oldest_events").Add(Slice).All(row => (Row: row.Int64(0), At: row.Time(1))).TakeWhile(one => one.At < before).ToList();
        expired.ForEach(one => session.Use("upkeep/delete_event").Add(one.Row).Run());
        return TrimEventKeys(session, before) || expired.Count == Slice;
    }

    /// <summary>A day behind the events, since the time in an id need not be that of its receipt to the millisecond.</summary>
    private bool TrimEventKeys(SqliteSession session, DateTimeOffset before)
    {
        var slice = session.Use("upkeep/event_keys").Add(_eventKeys).Add(KeySlice).All(row => (Hash: row.BytesOrNull(0)!, Event: row.Guid(1)));
        foreach (var key in slice.Where(key => TimeOf(key.Event) < before.AddDays(-1)))
        {
            session.Use("events/forget_key").Add(key.Hash).Add(key.Event).Run();
        }

        _eventKeys = slice.Count == KeySlice ? slice[^1].Hash : [];
        return slice.Count == KeySlice;
    }

    private static bool TrimAudit(SqliteSession session, DateTimeOffset before)
    {
        var expired = session.Use("upkeep/oldest_audit").Add(Slice).All(row => (Id: row.Guid(0), At: row.Time(1))).TakeWhile(one => one.At < before).ToList();
        expired.ForEach(one => session.Use("upkeep/delete_audit").Add(one.Id).Run());
        return expired.Count == Slice;
    }

    /// <summary>The first 48 bits of a UUIDv7 are unix milliseconds.</summary>
    private static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return id.Version == 7 ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16) : DateTimeOffset.MaxValue;
    }
}
