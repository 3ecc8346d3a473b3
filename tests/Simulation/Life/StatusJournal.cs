using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Simulation;
using Microsoft.Data.Sqlite;

namespace JobForge.Simulation.Life;

/// <summary>A change of a job's status or its reason, as the database saw it. From null: the job was admitted.</summary>
internal sealed record StatusChange(JobId Job, JobStatus? From, JobStatus To, string Reason);

/// <summary>Notes every change of status in the database itself, by its own triggers, so that no change goes unseen.</summary>
internal static class StatusJournal
{
    public static void Install(SimulatedCluster cluster) => Run(
        cluster,
        """
        CREATE TABLE sim_journal (number INTEGER PRIMARY KEY, job BLOB, was TEXT, now TEXT, reason TEXT);
        CREATE TRIGGER sim_admitted AFTER INSERT ON jobforge_jobs BEGIN
          INSERT INTO sim_journal (job, was, now, reason) VALUES (NEW.id, NULL, NEW.status, NEW.status_reason); END;
        CREATE TRIGGER sim_changed AFTER UPDATE ON jobforge_jobs WHEN OLD.status <> NEW.status OR OLD.status_reason IS NOT NEW.status_reason BEGIN
          INSERT INTO sim_journal (job, was, now, reason) VALUES (NEW.id, OLD.status, NEW.status, NEW.status_reason); END;
        CREATE TRIGGER sim_ended AFTER INSERT ON jobforge_finished_jobs BEGIN
          INSERT INTO sim_journal (job, was, now, reason) VALUES (NEW.id, (SELECT status FROM jobforge_jobs WHERE id = NEW.id), NEW.status, NEW.status_reason); END;
        """);

    public static IReadOnlyList<StatusChange> Read(SimulatedCluster cluster)
    {
        using var connection = Connect(cluster);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT job, was, now, reason FROM sim_journal ORDER BY number";
        using var rows = command.ExecuteReader();
        var changes = new List<StatusChange>();
        while (rows.Read())
        {
            var job = new JobId(new Guid((byte[])rows[0], bigEndian: true));
            changes.Add(new StatusChange(job, rows.IsDBNull(1) ? null : JobStatuses.Parse(rows.GetString(1)), JobStatuses.Parse(rows.GetString(2)), rows.GetString(3)));
        }

        return changes;
    }

    private static void Run(SimulatedCluster cluster, string script)
    {
        using var connection = Connect(cluster);
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Connect(SimulatedCluster cluster)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = cluster.Store.DatabasePath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
