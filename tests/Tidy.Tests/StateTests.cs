using System.Text.RegularExpressions;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Jobs;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

public sealed partial class StateTests
{
    private const string Document = "docs/state-machine.md";

    [Fact]
    public void The_state_document_is_the_table()
    {
        var rendered = StateMachineDocument.Render(LifeCycle.Table);
        var path = Path.Combine(SourceTree.Root, Document);
        if (Environment.GetEnvironmentVariable("JOBFORGE_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, rendered);
        }

        File.ReadAllText(path).ReplaceLineEndings("\n").ShouldBe(rendered, $"{Document} is not what the table says; its second paragraph tells how to write it anew.");
    }

    [Fact]
    public void A_changed_table_changes_the_document()
    {
        var longer = LifeCycle.Table.Append(new Transition(JobStatus.Running, LifeCycleCommand.Reschedule, JobStatus.Queued, "novel")).ToList();

        StateMachineDocument.Render(LifeCycle.Table).ShouldNotContain("novel");
        StateMachineDocument.Render(longer).ShouldContain("| running | Reschedule | queued | `novel` |");
    }

    [Fact]
    public void No_transition_leaves_a_final_status_and_every_open_one_can_be_left()
    {
        LifeCycle.Table.Where(row => row.From.IsFinal()).ShouldBeEmpty();
        Enum.GetValues<JobStatus>().Where(status => !status.IsFinal()).ShouldAllBe(status => CanBeLeft(status));
    }

    [Fact]
    public void Every_job_status_says_who_takes_a_row_out_of_it() =>
        SilentMembers(SourceTree.File("Contracts/Jobs/JobStatus.cs"), "JobStatus", TypeNames()).ShouldBeNone();

    [Fact]
    public void A_silent_status_is_found()
    {
        const string text = """
            public enum JobStatus
            {
                /// <summary>Waits. ExecutionHost takes it out.</summary>
                Queued,

                /// <summary>Is worked on. Somebody takes it out.</summary>
                Running,

                /// <summary>Waits for a person.</summary>
                Paused,

                Lost,

                /// <summary>Final. Nobody takes it out.</summary>
                Succeeded,
            }
            """;

        var findings = SilentMembers(new SourceFile("Contracts/Jobs/JobStatus.cs", text), "JobStatus", new HashSet<string>(StringComparer.Ordinal) { "ExecutionHost" }).ToList();

        findings.Count.ShouldBe(3);
        findings[0].ShouldContain("Running");
        findings[1].ShouldContain("Paused");
        findings[2].ShouldContain("Lost");
    }

    private static bool CanBeLeft(JobStatus status) => LifeCycle.Table.Any(row => row.From == status && row.To != status);

    /// <summary>Members whose comment names neither an existing type that takes a row out, nor says that nobody does.</summary>
    private static IEnumerable<string> SilentMembers(SourceFile file, string name, HashSet<string> types)
    {
        var body = Regex.Match(file.Text, $$"""enum {{name}}\s*\{(?<body>[^}]*)\}""").Groups["body"];
        foreach (Match member in EnumMember().Matches(body.Value))
        {
            var comment = member.Groups["comment"].Value;
            var named = comment.Contains("Nobody takes it out", StringComparison.Ordinal)
                || (TakesOut().IsMatch(comment) && TypeWord().Matches(comment).Any(word => types.Contains(word.Value)));
            if (!named)
            {
                yield return file.At(body.Index + member.Groups["name"].Index, $"{member.Groups["name"].Value} does not say which component takes a row out of it.");
            }
        }
    }

    private static HashSet<string> TypeNames() =>
        SourceTree.ProductionCode.SelectMany(file => TypeHead().Matches(file.Parts.Code)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<comment>(^\s*///.*\n)*)^\s*(?<name>[A-Z]\w*)\s*(=\s*\d+\s*)?,", RegexOptions.Multiline)]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"\btakes? it out\b")]
    private static partial Regex TakesOut();

    [GeneratedRegex(@"\b[A-Z][a-z]\w*\b")]
    private static partial Regex TypeWord();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeHead();
}
