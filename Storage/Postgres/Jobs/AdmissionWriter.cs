using System.Collections.Concurrent;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>Writes batches of admissions: one statement as a rule, an explicit transaction when some caller brings tokens or audit rows.</summary>
internal static class AdmissionWriter
{
    private static readonly ConcurrentBag<AdmissionColumns> Free = [];

    public static async Task<IReadOnlyList<IReadOnlyList<Admission>>> WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<AdmissionCall> calls, CancellationToken cancel)
    {
        var rows = calls.Count == 1 ? calls[0].Rows : [.. calls.SelectMany(call => call.Rows)];
        var outcomes = calls.Any(call => call.IsGuarded)
            ? await GuardedAdmissions.WriteAsync(connection, rows, cancel)
            : await PlainAsync(connection, rows, cancel);
        var next = 0;
        return [.. calls.Select(call => Slice(outcomes, next, next += call.Rows.Count))];
    }

    /// <summary>Inserts rows whose keys, if any, are claimed already or with them.</summary>
    /// <returns>Jobs written.</returns>
    public static async Task<int> InsertAsync(NpgsqlConnection connection, IReadOnlyList<AdmissionRow> rows, bool claimKeys, CancellationToken cancel)
    {
        var columns = Free.TryTake(out var free) ? free : new AdmissionColumns();
        var statement = new PostgresStatement("jobs/admit");
        Fill(columns, rows, claimKeys);
        columns.AddTo(statement.Command.Parameters);
        var written = await PostgresCalls.RunAsync(connection, statement, cancel);
        // After a failure they are dropped: Npgsql leaves parameters that it could not write in a state that spoils the next statement.
        statement.Command.Parameters.Clear();
        columns.Clear();
        Free.Add(columns);
        return written;
    }

    /// <summary>The epochs that the rows name, in ascending order.</summary>
    public static long[] Owners(IReadOnlyList<AdmissionRow> rows)
    {
        var owners = new SortedSet<long>();
        foreach (var row in rows)
        {
            if (row.Job.OwnerEpoch is { } owner)
            {
                owners.Add(owner);
            }
        }

        return [.. owners];
    }

    /// <summary>The keyed rows by ascending hash, equal ones in the order of their coming: every batch asks for keys in this order, so that no two wait for each other.</summary>
    public static IReadOnlyList<AdmissionRow> ByKey(IEnumerable<AdmissionRow> rows) => [.. rows.Where(row => row.Key is not null).OrderBy(row => row.Key)];

    private static async Task<IReadOnlyList<Admission>> PlainAsync(NpgsqlConnection connection, IReadOnlyList<AdmissionRow> rows, CancellationToken cancel)
    {
        var written = await InsertAsync(connection, rows, claimKeys: true, cancel);
        if (written == rows.Count)
        {
            return [.. rows.Select(row => row.Admitted())];
        }

        var earlier = await EarlierJobs.FindAsync(connection, rows, cancel);
        return [.. rows.Select(row => earlier.OutcomeOf(row) ?? row.Admitted())];
    }

    private static void Fill(AdmissionColumns columns, IReadOnlyList<AdmissionRow> rows, bool claimKeys)
    {
        foreach (var row in rows)
        {
            columns.AddJob(row.Job, row.Inputs, needsKey: claimKeys && row.Key is not null);
        }

        foreach (var row in claimKeys ? ByKey(rows) : [])
        {
            columns.AddKey(row.Key!.Value, row.Row.Id.Value, row.InputsHash);
        }

        foreach (var owner in Owners(rows))
        {
            columns.AddOwner(owner);
        }
    }

    private static Admission[] Slice(IReadOnlyList<Admission> outcomes, int from, int to)
    {
        var slice = new Admission[to - from];
        for (var i = from; i < to; i++)
        {
            slice[i - from] = outcomes[i];
        }

        return slice;
    }
}
