using System.Collections.Concurrent;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>An end to write, its manifest as JSON already.</summary>
internal sealed record Ending(FinishedRun Run, byte[] Manifest)
{
    // On the caller's thread: what a lane does, everybody waits for.
    public static Ending Of(FinishedRun run) => new(run, ManifestJson.Serialize(run.Manifest));
}

/// <summary>Moves batches of jobs to history: one statement for all that share a fence, as nearly all do.</summary>
internal static class FinishWriter
{
    private static readonly ConcurrentBag<FinishColumns> Free = [];

    public static async Task<IReadOnlyList<bool>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<Ending> endings, CancellationToken cancel)
    {
        var groups = Groups(endings);
        var audited = endings.Any(ending => ending.Run.Audit is not null);
        await using var transaction = audited ? await connection.BeginTransactionAsync(cancel) : null;
        await MoveAsync(connection, groups, cancel);
        if (transaction is not null)
        {
            await AuditRows.AppendAsync(connection, [.. groups.Where(group => group.Moved > 0).Select(group => group.Endings[0].Run.Audit).OfType<AuditEntry>()], cancel);
            await transaction.CommitAsync(cancel);
        }

        var doubtful = groups.Where(group => group.Moved < group.Endings.Count).SelectMany(group => group.Endings).Concat(Repeats(endings, groups)).ToArray();
        var ended = doubtful.Length == 0 ? [] : await EndedAsync(connection, doubtful, cancel);
        var lost = doubtful.Where(ending => !ended.Contains((ending.Run.Row.Id.Value, ending.Run.Row.Status.Word(), ending.Run.Row.Attempts))).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. endings.Select(ending => !lost.Contains(ending))];
    }

    /// <summary>By fence; one with an audit row stands alone, so that its row count tells whether the audit row is due. A job's second end of the batch is left out.</summary>
    private static List<Group> Groups(IReadOnlyList<Ending> endings)
    {
        var alone = new List<Group>();
        var shared = new List<Group>();
        var seen = new HashSet<Guid>(endings.Count);
        foreach (var ending in endings)
        {
            var fence = ending.Run.Fence;
            if (!seen.Add(fence.JobId.Value))
            {
                continue;
            }

            // Nearly all share one fence, so the search ends at the first.
            var group = ending.Run.Audit is null ? shared.Find(known => known.Fence.IsSharedBy(fence)) : null;
            if (group is null)
            {
                group = new Group(fence);
                (ending.Run.Audit is null ? shared : alone).Add(group);
            }

            group.Endings.Add(ending);
        }

        return [.. shared, .. alone];
    }

    private static IEnumerable<Ending> Repeats(IReadOnlyList<Ending> endings, List<Group> groups) =>
        groups.Sum(group => group.Endings.Count) == endings.Count ? [] : endings.Except(groups.SelectMany(group => group.Endings), ReferenceEqualityComparer.Instance).Cast<Ending>();

    private static async Task MoveAsync(NpgsqlConnection connection, List<Group> groups, CancellationToken cancel)
    {
        var columns = groups.ConvertAll(_ => Free.TryTake(out var free) ? free : new FinishColumns());
        var statements = groups.ConvertAll(_ => new PostgresStatement("jobs/finish"));
        for (var i = 0; i < groups.Count; i++)
        {
            groups[i].Endings.ForEach(ending => columns[i].Add(ending.Run, ending.Manifest));
            columns[i].AddTo(statements[i], groups[i].Fence);
        }

        await using var batch = PostgresCalls.Batch(connection, statements);
        await batch.ExecuteNonQueryAsync(cancel);
        for (var i = 0; i < groups.Count; i++)
        {
            groups[i].Moved = (int)statements[i].Command.Rows;
            // After a failure the columns are dropped: Npgsql leaves parameters that it could not write in a state that spoils the next statement.
            statements[i].Command.Parameters.Clear();
            columns[i].Clear();
            Free.Add(columns[i]);
        }
    }

    /// <summary>Which of them stand in history as these ends would have them: moved just now, or by an earlier call whose answer was lost.</summary>
    private static async Task<HashSet<(Guid Id, string Status, int Attempts)>> EndedAsync(NpgsqlConnection connection, IReadOnlyList<Ending> endings, CancellationToken cancel)
    {
        var find = new PostgresStatement("jobs/finished_of")
            .Add([.. endings.Select(ending => ending.Run.Row.TenantId.Value).Distinct(StringComparer.Ordinal)])
            .Add([.. endings.Select(ending => ending.Run.Row.Id.Value)])
            .Add(endings.Min(ending => IdTimes.NotBefore(ending.Run.Row.Id)));
        return [.. await PostgresCalls.RowsAsync(connection, find, row => (row.GetGuid(0), row.GetString(1), row.GetInt32(2)), cancel)];
    }

    private sealed class Group(RunFence fence)
    {
        public RunFence Fence => fence;

        public List<Ending> Endings { get; } = [];

        public int Moved { get; set; }
    }
}
