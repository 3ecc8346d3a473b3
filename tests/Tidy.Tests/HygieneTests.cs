using System.Text.RegularExpressions;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>What has no place in a file that others read.</summary>
public sealed partial class HygieneTests
{
    private static readonly string[] BannedSymbols =
    [
        "P:System.DateTime.UtcNow", "P:System.DateTime.Now", "P:System.DateTimeOffset.UtcNow", "P:System.DateTimeOffset.Now", "P:System.Random.Shared",
        "M:System.Random.#ctor", "M:System.Guid.NewGuid", "M:System.Guid.CreateVersion7", "M:System.Guid.CreateVersion7(System.DateTimeOffset)",
        "M:System.Threading.Thread.Sleep(System.Int32)", "M:System.Threading.Thread.Sleep(System.TimeSpan)",
        "M:System.Threading.Tasks.Task.Delay(System.Int32)", "M:System.Threading.Tasks.Task.Delay(System.Int32,System.Threading.CancellationToken)",
        "M:System.Threading.Tasks.Task.Delay(System.TimeSpan)", "M:System.Threading.Tasks.Task.Delay(System.TimeSpan,System.Threading.CancellationToken)",
    ];

    /// <summary>Where the machine's clock and randomness may enter; everything else has them injected. Each with its reason.</summary>
    private static readonly Dictionary<string, string> Doorways = new(StringComparer.Ordinal)
    {
        ["Contracts/Ids/RandomSource.cs"] = "is the random source",
        ["Contracts/Ids/IdSource.cs"] = "is the id source",
    };

    [Fact]
    public void No_file_has_regions() => SourceTree.Code.SelectMany(Regions).ShouldBeNone();

    [Fact]
    public void No_comment_puts_work_off() => SourceTree.Code.SelectMany(Deferrals).ShouldBeNone();

    [Fact]
    public void No_code_is_commented_out() => SourceTree.Files.SelectMany(DeadCode).ShouldBeNone();

    [Fact]
    public void No_comment_is_a_banner_or_a_licence() => SourceTree.Code.SelectMany(Banners).ShouldBeNone();

    [Fact]
    public void Clock_ids_and_randomness_are_injected() => SourceTree.Code.SelectMany(AmbientSources).ShouldBeNone();

    [Fact]
    public void The_analyzer_bans_what_this_house_bans()
    {
        var lines = SourceTree.File("BannedSymbols.txt").Text.Split('\n');

        BannedSymbols.Where(symbol => !lines.Any(line => line.StartsWith(symbol + ";", StringComparison.Ordinal))).ShouldBeEmpty();
        SourceTree.File("Directory.Build.targets").Text.ShouldContain("BannedSymbols.txt");
        SourceTree.File("Directory.Build.props").Text.ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
    }

    [Fact]
    public void No_test_sleeps() => SourceTree.Code.Where(file => file.IsTest).SelectMany(Sleeps).ShouldBeNone();

    [Fact]
    public void Names_of_grain_states_are_unique() => RepeatedStates([.. SourceTree.ProductionCode]).ShouldBeNone();

    [Theory]
    [InlineData("#region Fields\nint a;\n#endregion")]
    [InlineData("  #region")]
    public void A_region_is_found(string text) => Regions(Snippet(text)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("/* FIXME */")]
    public void Deferred_work_is_found(string text) => Deferrals(Snippet(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("Grains/Job.cs", "// var job = Load();")]
    [InlineData("Grains/Job.cs", "//await jobs.Finish(run);")]
    [InlineData("Grains/Job.cs", "// if (job is null) {")]
    [InlineData("Grains/Job.cs", "/*\n    return job.Status;\n*/")]
    [InlineData("Grains/Job.cs", "// public int Count { get; }")]
    [InlineData("Storage/Sqlite/Sql/jobs/a.sql", "-- DELETE FROM jobforge_jobs WHERE id = :id;")]
    [InlineData("Silo/Silo.csproj", "<!-- <PackageReference Include=\"Npgsql\" /> -->")]
    public void Commented_out_code_is_found(string path, string text) => DeadCode(new SourceFile(path, text)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("Grains/Job.cs", "// The row is the queue; memory only orders it.")]
    [InlineData("Grains/Job.cs", "// After the write (see JobGrain.Write) the activation is dropped;\n// the next call starts from the row.")]
    [InlineData("Grains/Job.cs", "/// <code>var job = Load();</code>")]
    [InlineData("Storage/Sqlite/Sql/jobs/a.sql", "-- An epoch that is not open owns nothing new: update it first.")]
    [InlineData("Silo/Silo.csproj", "<!-- Which engine the grains compile against. -->")]
    public void Prose_is_not_taken_for_code(string path, string text) => DeadCode(new SourceFile(path, text)).ShouldBeEmpty();

    [Theory]
    [InlineData("// ======== Helpers ========")]
    [InlineData("// ----------")]
    [InlineData("// Copyright (c) somebody")]
    [InlineData("/* Licensed under the MIT licence */")]
    public void A_banner_is_found(string text) => Banners(Snippet(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = DateTimeOffset.Now;")]
    [InlineData("var id = Guid.NewGuid();")]
    [InlineData("var dice = Random.Shared.Next();")]
    [InlineData("var dice = new Random(1);")]
    [InlineData("var clock = Stopwatch.StartNew();")]
    public void An_ambient_source_is_found(string text) => AmbientSources(Snippet(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("await Task.Delay(100);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("SpinWait.SpinUntil(() => done);")]
    public void A_sleeping_test_is_found(string text) => Sleeps(new SourceFile("tests/Grains.Tests/Job.cs", text)).ShouldHaveSingleItem();

    [Fact]
    public void A_delay_on_a_given_clock_is_no_sleep() =>
        Sleeps(new SourceFile("tests/Grains.Tests/Job.cs", "await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, 1)), time, cancel);")).ShouldBeEmpty();

    [Fact]
    public void A_repeated_state_name_is_found()
    {
        var one = new SourceFile("Grains/A.cs", "class A([PersistentState(\"cursor\")] IPersistentState<int> state);");
        var two = new SourceFile("Grains/B.cs", "class B([PersistentState(\"cursor\", \"x\")] IPersistentState<int> state);");

        RepeatedStates([one]).ShouldBeEmpty();
        RepeatedStates([one, two]).Single().ShouldContain("cursor");
    }

    private static IEnumerable<string> Regions(SourceFile file) =>
        Region().Matches(file.Parts.Code).Select(match => file.At(match.Index, "regions hide what should be shorter."));

    private static IEnumerable<string> Deferrals(SourceFile file) =>
        file.Parts.Comments.Where(comment => Deferral().IsMatch(comment.Text)).Select(comment => file.At(comment.Offset, "put work off in an issue, not in a comment."));

    private static IEnumerable<string> DeadCode(SourceFile file) => file.Extension switch
    {
        ".cs" => file.Parts.Comments.Where(comment => !comment.Text.StartsWith("///", StringComparison.Ordinal))
            .Where(comment => comment.Text.Split('\n').Any(line => CodeLine().IsMatch(line.Trim('/', '*', ' '))))
            .Select(comment => file.At(comment.Offset, "code is commented out; delete it, history keeps it.")),
        ".sql" => DeadSql().Matches(file.Text).Select(match => file.At(match.Index, "SQL is commented out.")),
        ".csproj" or ".props" or ".targets" => DeadXml().Matches(file.Text).Select(match => file.At(match.Index, "XML is commented out.")),
        _ => [],
    };

    private static IEnumerable<string> Banners(SourceFile file) =>
        file.Parts.Comments.Where(comment => Banner().IsMatch(comment.Text)).Select(comment => file.At(comment.Offset, "no banners and no licence headers."));

    /// <summary>The bench measures the machine, so the machine's clock is its business.</summary>
    private static IEnumerable<string> AmbientSources(SourceFile file) => Doorways.ContainsKey(file.Path) || file.IsUnder("bench")
        ? []
        : AmbientSource().Matches(file.Parts.Code).Where(match => !(file.IsTest && match.Value.StartsWith("Stopwatch", StringComparison.Ordinal)))
            .Select(match => file.At(match.Index, $"{match.Value} is ambient; take it from an injected source."));

    private static IEnumerable<string> Sleeps(SourceFile file) =>
        Sleep().Matches(file.Parts.Code).Where(match => !match.Value.StartsWith("Task", StringComparison.Ordinal) || !HasClock(file.Parts.Code, match.Index + match.Length))
            .Select(match => file.At(match.Index, "tests wait on signals."));

    /// <summary>Task.Delay with a clock is fake time's own waiting; without one it sleeps.</summary>
    private static bool HasClock(string code, int at)
    {
        var (depth, commas) = (0, 0);
        for (; at < code.Length && (depth > 0 || code[at] != ')'); at++)
        {
            depth += code[at] is '(' ? 1 : code[at] is ')' ? -1 : 0;
            commas += code[at] == ',' && depth == 0 ? 1 : 0;
        }

        return commas >= 1;
    }

    private static IEnumerable<string> RepeatedStates(IReadOnlyList<SourceFile> files) =>
        files.SelectMany(file => PersistentState().Matches(file.Text).Select(match => (file.Path, Name: match.Groups["name"].Value)))
            .GroupBy(state => state.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"the state name {group.Key} is used by {string.Join(" and ", group.Select(state => state.Path))}.");

    private static SourceFile Snippet(string text) => new("Grains/Snippet.cs", text);

    [GeneratedRegex(@"^\s*#(end)?region\b", RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Deferral();

    [GeneratedRegex(@"^((var|await|return|throw|using|public|private|internal|protected|static)\s.*[;{}]|(if|for|foreach|while|switch|catch)\s*\(.*[;{})]|[\w.]+\(.*\);|[\w.]+\s*[+-]?=\s*.*;|\}|else)$")]
    private static partial Regex CodeLine();

    [GeneratedRegex(@"^\s*--\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|AND|WHERE)\b.*", RegexOptions.Multiline)]
    private static partial Regex DeadSql();

    [GeneratedRegex(@"<!--\s*<[A-Za-z/]")]
    private static partial Regex DeadXml();

    [GeneratedRegex(@"[=\-*#~]{8,}|\bCopyright\b|\bLicensed under\b|\bSPDX\b")]
    private static partial Regex Banner();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bRandom\.Shared\b|\bnew Random\(|\bStopwatch\.(StartNew|GetTimestamp)\b|\bEnvironment\.TickCount(64)?\b")]
    private static partial Regex AmbientSource();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\(|\bSpinUntil\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\[PersistentState\(""(?<name>[^""]+)""")]
    private static partial Regex PersistentState();
}
