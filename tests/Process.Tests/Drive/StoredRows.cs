using Microsoft.Data.Sqlite;

namespace JobForge.Process.Tests.Drive;

/// <summary>Reads the SQLite file of a process that has ended.</summary>
internal sealed class StoredRows
{
    private readonly string _connection;

    private StoredRows(string path) => _connection = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();

    public static StoredRows Of(DataFolder data) => new(data.Database);

    /// <summary>The first column of every row.</summary>
    public IReadOnlyList<string> Text(string sql)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are literals of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }

    /// <summary>Every job has ended, once; what ran to its end was not run to its end before; nobody owns anything any more.</summary>
    public void ShouldBeSettled()
    {
        Text("PRAGMA integrity_check").ShouldBe(["ok"]);
        Text("SELECT hex(id) || ' ' || status || ' ' || coalesce(status_reason, '') FROM jobforge_jobs").ShouldBeEmpty("jobs that have not ended");
        Text("SELECT hex(id) FROM jobforge_finished_jobs GROUP BY id HAVING count(*) > 1").ShouldBeEmpty("jobs that ended twice");
        Text("SELECT hex(job_id) || ' ' || number FROM jobforge_job_attempts WHERE outcome IN ('succeeded', 'running')").ShouldBeEmpty("attempts that succeeded, and were followed by another");
        Text("SELECT hex(job_id) || ' ' || number FROM jobforge_job_attempts GROUP BY job_id, number HAVING count(*) FILTER (WHERE outcome <> 'drained') > 1")
            .ShouldBeEmpty("attempts that were counted twice");
        Text("""
            SELECT hex(id) || ' ' || attempts FROM jobforge_finished_jobs AS job
            WHERE status = 'succeeded'
              AND attempts - 1 <> (SELECT count(*) FROM jobforge_job_attempts WHERE job_id = job.id AND outcome <> 'drained')
            """).ShouldBeEmpty("jobs whose earlier attempts are not all written");
        Text("SELECT hex(id) FROM jobforge_finished_jobs WHERE (manifest ->> '$.status') <> CASE status WHEN 'succeeded' THEN 'complete' ELSE 'failed' END")
            .ShouldBeEmpty("manifests that tell another end than their job");
        Text("SELECT CAST(id AS TEXT) || ' ' || state FROM jobforge_epochs WHERE state = 'open'").ShouldBeEmpty("epochs of processes that are gone");
    }
}
