using System.Text;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Jobs;

namespace JobForge.Tidy.Tests;

/// <summary>Writes docs/state-machine.md from the table of transitions, so that picture and code cannot disagree.</summary>
public static class StateMachineDocument
{
    public static string Render(IReadOnlyList<Transition> table)
    {
        var text = new StringBuilder();
        WriteHead(text);
        WriteDiagram(text, table);
        WriteTable(text, table);
        return text.ToString();
    }

    private static void WriteHead(StringBuilder text) => text.Append(
        """
        # A job's life

        Generated from `LifeCycle.Table` in `Grains/Jobs/LifeCycle.cs`; do not edit. After a change of the table run
        `JOBFORGE_WRITE_DOCS=1 dotnet run --project tests/Tidy.Tests` and commit the result.

        A job enters as `queued` when it is admitted. `succeeded`, `failed` and `canceled` are final: nothing leaves them. A retry of a
        failed job is a new job.


        """.ReplaceLineEndings("\n"));

    /// <summary>One arrow a pair of statuses, labelled with its commands, in the table's order.</summary>
    private static void WriteDiagram(StringBuilder text, IReadOnlyList<Transition> table)
    {
        text.Append("```mermaid\nstateDiagram-v2\n  [*] --> queued: Admit\n");
        foreach (var arrow in table.GroupBy(row => (row.From, row.To)))
        {
            text.Append($"  {arrow.Key.From.Word()} --> {arrow.Key.To.Word()}: {string.Join(", ", arrow.Select(row => row.Command))}\n");
        }

        foreach (var status in Enum.GetValues<JobStatus>().Where(JobStatuses.IsFinal))
        {
            text.Append($"  {status.Word()} --> [*]\n");
        }

        text.Append("```\n\n");
    }

    private static void WriteTable(StringBuilder text, IReadOnlyList<Transition> table)
    {
        text.Append("| From | Command | To | Reason (`status_reason`) |\n| --- | --- | --- | --- |\n");
        foreach (var row in table)
        {
            text.Append($"| {row.From.Word()} | {row.Command} | {row.To.Word()} | `{row.Reason}` |\n");
        }
    }
}
