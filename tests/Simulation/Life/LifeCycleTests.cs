using JobForge.Contracts.Jobs;
using JobForge.Grains.Jobs;
using JobForge.Simulation.Drive;

namespace JobForge.Simulation.Life;

/// <summary>The life of a job as a state machine: whatever clients and faults do, a job moves along the rows of the one table, and along no other way.</summary>
public sealed class LifeCycleTests
{
    private const int Seeds = 120;

    /// <summary>How a job may come into being; the table begins after that.</summary>
    private static readonly string[] Beginnings = [StatusReasons.Admitted, StatusReasons.Scheduled, StatusReasons.Limited, StatusReasons.Paused];

    [Fact]
    public void Every_change_of_every_job_is_a_row_of_the_table_and_every_row_is_walked()
    {
        var changes = new List<(ulong Seed, StatusChange Change)>();
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            IReadOnlyList<StatusChange> seen = [];
            SeedRun.Run(seed, before: StatusJournal.Install, after: cluster => seen = StatusJournal.Read(cluster)).Violations.ShouldBeEmpty();
            changes.AddRange(seen.Select(change => (seed, change)));
        }

        changes.Where(one => one.Change.From is null && (one.Change.To != JobStatus.Queued || !Beginnings.Contains(one.Change.Reason))).ShouldBeEmpty();
        changes.Where(one => one.Change.From is not null && RowsOf(one.Change).Count == 0).ShouldBeEmpty();
        changes.Where(one => one.Change.From?.IsFinal() == true).ShouldBeEmpty();
        var walked = changes.Where(one => one.Change.From is not null).SelectMany(one => RowsOf(one.Change)).ToHashSet();
        LifeCycle.Table.Where(row => !walked.Contains(row)).ShouldBeEmpty("rows that no seed walked");
    }

    /// <summary>
    /// A run that is over within a commit tick is never written as running: its end is seen to leave queued. The reason tells the row all the same.
    /// </summary>
    private static List<Transition> RowsOf(StatusChange change) =>
        [.. LifeCycle.Table.Where(row => row.To == change.To && row.Reason == change.Reason && (row.From == change.From || (row.From == JobStatus.Running && change.From == JobStatus.Queued)))];
}
