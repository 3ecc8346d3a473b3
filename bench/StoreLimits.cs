using System.Diagnostics;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Bench;

/// <summary>
/// What this machine's disk and SQLite can do at all, beside which the product's own rates are read: the cost of one flush, and the cost
/// of one narrow row when the flush is shared by a thousand.
/// </summary>
public sealed class StoreLimits(string folder)
{
    private const int RowsPerCommit = 1_000;

    /// <summary>Transactions of one row a second, each flushed to disk before the next.</summary>
    public double SingleCommitsPerSecond(TimeSpan duration) => Measure(duration, rowsPerCommit: 1);

    /// <summary>Rows a second, a thousand a transaction.</summary>
    public double RowsPerSecond(TimeSpan duration) => Measure(duration, RowsPerCommit);

    private double Measure(TimeSpan duration, int rowsPerCommit)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "limits.db");
        try
        {
            using var session = SqliteSession.Open(path, readOnly: false, TimeSpan.FromSeconds(5));
            session.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE limits (id INTEGER PRIMARY KEY, body TEXT) STRICT");
            return Insert(session, duration, rowsPerCommit);
        }
        finally
        {
            Array.ForEach(Directory.GetFiles(folder, "limits.db*"), File.Delete);
        }
    }

    private static double Insert(SqliteSession session, TimeSpan duration, int rowsPerCommit)
    {
        var body = new string('x', 300);
        var rows = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            session.Text("BEGIN IMMEDIATE").Run();
            for (var i = 0; i < rowsPerCommit; i++)
            {
                session.Text("INSERT INTO limits (body) VALUES (?)").Add(body).Run();
            }

            session.Text("COMMIT").Run();
            rows += rowsPerCommit;
        }

        return rows / clock.Elapsed.TotalSeconds;
    }
}
