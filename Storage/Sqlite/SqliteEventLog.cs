using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteEventLog(SqliteWriter writer) : IEventLog
{
    public Task<IReadOnlyList<EventAppend>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        var keys = events.Select(one => (Unique: KeyHash.OfEvent(one), Content: KeyHash.Of(one.Digest))).ToArray();
        return writer.RunAsync<IReadOnlyList<EventAppend>>(
            session => [.. events.Select((one, index) => Append(session, one, keys[index].Unique, keys[index].Content))], events.Count, cancel);
    }

    private static EventAppend Append(SqliteSession session, NewEvent one, byte[]? key, byte[] content)
    {
        if (key is not null && session.Use("events/claim_key").Add(key).Add(one.Row.Id.Value).Add(content).Run() == 0)
        {
            return Earlier(session, one, key, content);
        }

        session.Use("events/append").AddEvent(one.Row).Run();
        return new EventAppend(EventAppendKind.Stored, one.Row);
    }

    private static EventAppend Earlier(SqliteSession session, NewEvent one, byte[] key, byte[] content)
    {
        var (id, stored) = session.Use("events/find_key").Add(key).First(row => (row.Guid(0), row.BytesOrNull(1)));
        if (session.Use("events/find").Add(id).Add(one.Row.TenantId.Value).First(EventRows.Read) is not { } first)
        {
            // Past its retention: the key is free again.
            session.Use("events/forget_key").Add(key).Add(id).Run();
            return Append(session, one, key, content);
        }

        var same = content.AsSpan().SequenceEqual(stored);
        return new EventAppend(same ? EventAppendKind.Duplicate : EventAppendKind.KeyConflict, first);
    }
}
