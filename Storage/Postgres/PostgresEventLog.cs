using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Events in batches. A batch is one statement: the keys that it could claim decide which of its events go in.</summary>
internal sealed class PostgresEventLog : IEventLog, IAsyncDisposable
{
    private readonly GroupCommit<IReadOnlyList<NewEvent>, IReadOnlyList<EventAppend>> _commits;

    public PostgresEventLog(NpgsqlDataSource engine) => _commits = new(engine, new GroupCommitOptions(Lanes: 2, Cap: 1_000, "events"), WriteAsync);

    public Task<IReadOnlyList<EventAppend>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel) =>
        _commits.RunAsync(events, events.Count, cancel);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private static async Task<IReadOnlyList<IReadOnlyList<EventAppend>>> WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<IReadOnlyList<NewEvent>> calls, CancellationToken cancel)
    {
        var all = calls.SelectMany(call => call).Select(KeyedEvent.Of).ToList();
        await StoreAsync(connection, all, cancel);
        var answers = new List<IReadOnlyList<EventAppend>>(calls.Count);
        var next = 0;
        foreach (var call in calls)
        {
            answers.Add([.. all.GetRange(next, call.Count).Select(one => one.Answer!)]);
            next += call.Count;
        }

        return answers;
    }

    /// <summary>Answers every event. What a key's first event in the batch becomes, decides for the others with that key.</summary>
    private static async Task StoreAsync(NpgsqlConnection connection, List<KeyedEvent> all, CancellationToken cancel)
    {
        var firsts = all.Where(one => one.Key is not null).DistinctBy(one => one.Key).ToDictionary(one => one.Key!.Value);
        var candidates = all.Where(one => one.Key is not { } key || firsts[key] == one).ToList();
        while (candidates.Count > 0)
        {
            await AppendAsync(connection, candidates, cancel);
            candidates = await FindEarlierAsync(connection, [.. candidates.Where(one => one.Answer is null)], cancel);
        }

        foreach (var repeated in all.Where(one => one.Answer is null))
        {
            var first = firsts[repeated.Key!.Value];
            // The first one of this batch may itself repeat an earlier event: with its content this one repeats it too, and conflicts where it does.
            var same = first.Content == repeated.Content ? first.Answer!.Kind != EventAppendKind.KeyConflict : repeated.Content == first.EarlierContent;
            repeated.Answer = new EventAppend(same ? EventAppendKind.Duplicate : EventAppendKind.KeyConflict, first.Answer!.Event);
        }
    }

    private static async Task AppendAsync(NpgsqlConnection connection, List<KeyedEvent> candidates, CancellationToken cancel)
    {
        var keyed = candidates.Where(one => one.Key is not null).OrderBy(one => one.Key).ToList();
        var statement = new PostgresStatement("events/append")
            .Add([.. keyed.Select(one => one.Key!.Value)])
            .Add([.. keyed.Select(one => one.Event.Row.Id.Value)])
            .Add([.. keyed.Select(one => one.Content)])
            .AddEvents([.. candidates.Select(one => one.Event.Row)])
            .Add([.. candidates.Select(one => one.Key is not null)]);
        var stored = (await PostgresCalls.RowsAsync(connection, statement, row => row.GetGuid(0), cancel)).ToHashSet();
        foreach (var one in candidates.Where(one => stored.Contains(one.Event.Row.Id.Value)))
        {
            one.Answer = new EventAppend(EventAppendKind.Stored, one.Event.Row);
        }
    }

    /// <summary>Answers those whose key led to an earlier event; returns those whose earlier event is past its retention, their keys free again.</summary>
    private static async Task<List<KeyedEvent>> FindEarlierAsync(NpgsqlConnection connection, List<KeyedEvent> refused, CancellationToken cancel)
    {
        if (refused.Count == 0)
        {
            return [];
        }

        var earlier = await PostgresCalls.RowsAsync(
            connection,
            new PostgresStatement("events/earlier").Add([.. refused.Select(one => one.Key!.Value)]),
            row => (Event: row.IsDBNull(0) ? null : EventRows.Read(row), Key: row.GetGuid(20), Content: row.GetGuid(21), Id: row.GetGuid(22)),
            cancel);
        var byKey = refused.ToDictionary(one => one.Key!.Value);
        foreach (var found in earlier.Where(found => found.Event is not null))
        {
            var one = byKey[found.Key];
            one.EarlierContent = found.Content;
            one.Answer = new EventAppend(found.Content == one.Content ? EventAppendKind.Duplicate : EventAppendKind.KeyConflict, found.Event!);
        }

        var gone = earlier.Where(found => found.Event is null).ToList();
        if (gone.Count > 0)
        {
            var forget = new PostgresStatement("events/forget_key").Add([.. gone.Select(found => found.Key)]).Add([.. gone.Select(found => found.Id)]);
            await PostgresCalls.RunAsync(connection, forget, cancel);
        }

        return [.. refused.Where(one => one.Answer is null)];
    }

    private sealed class KeyedEvent(NewEvent one, Guid? key, Guid content)
    {
        public NewEvent Event => one;

        public Guid? Key => key;

        public Guid Content => content;

        /// <summary>The content that the key was first used with, when that was before this batch.</summary>
        public Guid? EarlierContent { get; set; }

        public EventAppend? Answer { get; set; }

        public static KeyedEvent Of(NewEvent one) =>
            new(one, KeyHash.OfEvent(one) is { } key ? new Guid(key, bigEndian: true) : null, new Guid(KeyHash.Of(one.Digest), bigEndian: true));
    }
}
