using System.Text.RegularExpressions;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>Documents name only what is there, and commands that they give are run somewhere.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Hosts of package registries and paths of somebody's machine, put together here so that this file does not name them.</summary>
    private static readonly string[] ForeignPlaces =
    [
        "nuget" + ".org", "npmjs" + ".org", "pypi" + ".org", "debian" + ".org", "/work" + "/", "/opt" + "/", "/root" + "/", "/home" + "/", "C:\\" + "Users",
    ];

    [Fact]
    public void Every_path_that_a_document_names_exists() => Documents.SelectMany(file => DeadPaths(file, PathExists)).ShouldBeNone();

    [Fact]
    public void Every_type_and_method_that_a_document_names_exists() => Documents.SelectMany(file => DeadNames(file, Names.Value)).ShouldBeNone();

    [Fact]
    public void The_walkthrough_names_code_and_a_proof_for_each_of_the_eight_stages() =>
        IncompleteStages(SourceTree.File("docs/walkthrough.md")).ShouldBeNone();

    [Fact]
    public void Every_command_of_the_README_runs_in_CI() =>
        UnprovenCommands(SourceTree.File("README.md"), SourceTree.File(".ci/run").Text, Routes()).ShouldBeNone();

    [Fact]
    public void Every_setting_is_documented_and_every_documented_setting_is_read()
    {
        var read = SourceTree.Code.Where(file => !file.Path.EndsWith("DocumentTests.cs", StringComparison.Ordinal))
            .SelectMany(file => file.Parts.Literals).SelectMany(literal => Setting().Matches(literal.Text)).Select(match => match.Value);
        var written = Setting().Matches(SourceTree.File("docs/configuration.md").Text).Select(match => match.Value);

        Differences(read, written).ShouldBeNone();
    }

    [Fact]
    public void The_changelog_opens_with_what_is_unreleased() =>
        FirstSection(SourceTree.File("CHANGELOG.md").Text).ShouldBe("Unreleased");

    [Fact]
    public void Nothing_names_a_registry_or_a_machine() => SourceTree.Files.SelectMany(ForeignNames).ShouldBeNone();

    [Fact]
    public void Dead_paths_and_links_are_found()
    {
        var document = new SourceFile("docs/walkthrough.md", "`Grains/Gone.cs`, `Grains/Here.cs`, [a](gone.md), [b](adr/here.md#top), [c](https://example.org)");

        DeadPaths(document, path => path is "Grains/Here.cs" or "docs/adr/here.md").Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("`JobGrain.Complete`", 0)]
    [InlineData("`JobGrain.Vanish`", 1)]
    [InlineData("`GoneGrain.Complete`", 1)]
    [InlineData("`GoneGrain`", 1)]
    [InlineData("`JobGrain` and `running`, `Contracts.Tests`", 0)]
    public void Dead_names_are_found(string text, int findings)
    {
        var names = new NameIndex([new SourceFile("Grains/JobGrain.cs", "public class JobGrain { public void Complete() { } }"), new SourceFile("tests/Contracts.Tests/A.cs", "")]);

        DeadNames(new SourceFile("docs/walkthrough.md", text), names).Count().ShouldBe(findings);
    }

    [Fact]
    public void A_stage_without_a_proof_is_found()
    {
        var stages = Enumerable.Range(1, 8).Select(i => $"## {i}. Stage\n**Code:** `A.B`\n**Proof:** `ATests.B`\n").ToList();

        IncompleteStages(new SourceFile("docs/walkthrough.md", string.Concat(stages))).ShouldBeEmpty();
        stages[3] = "## 4. Stage\n**Code:** `A.B`\n";
        IncompleteStages(new SourceFile("docs/walkthrough.md", string.Concat(stages))).Single().ShouldContain("4");
    }

    [Theory]
    [InlineData("```sh\ndotnet test\n```", 0)]
    [InlineData("```sh\n# a comment\nKEY=jf_1\ndotnet test --novel\n```", 1)]
    [InlineData("```sh\ncurl -H \"x: y\" http://127.0.0.1:8080/v1/jobs/$ID\n```", 0)]
    [InlineData("```sh\ncurl -d '{}' \\\n  http://127.0.0.1:8080/v1/novel\n```", 1)]
    public void An_unproven_command_is_found(string text, int findings) =>
        UnprovenCommands(new SourceFile("README.md", text), "dotnet test JobForge.Orleans.sln\ndotnet test\n", ["/v1/jobs/{id}"]).Count().ShouldBe(findings);

    [Fact]
    public void A_foreign_name_an_unknown_setting_and_a_released_top_are_found()
    {
        ForeignNames(new SourceFile("README.md", "see https://api.nuget" + ".org/v3")).ShouldHaveSingleItem();
        Differences(["JOBFORGE_A", "JOBFORGE_B"], ["JOBFORGE_B", "JOBFORGE_C"]).Count().ShouldBe(2);
        FirstSection("# Changelog\n\n## [0.3.0]\n").ShouldBe("0.3.0");
    }

    private static readonly Lazy<NameIndex> Names = new(() => new NameIndex([.. SourceTree.Code]));

    private static IEnumerable<SourceFile> Documents =>
        SourceTree.Files.Where(file => file.Extension == ".md" && (file.IsUnder("docs") || file.Path is "README.md" or "CONTRIBUTING.md"));

    private static IEnumerable<string> DeadPaths(SourceFile document, Func<string, bool> exists)
    {
        foreach (Match path in NamedPath().Matches(document.Text))
        {
            if (!exists(path.Groups["path"].Value))
            {
                yield return document.At(path.Index, $"{path.Groups["path"].Value} does not exist.");
            }
        }

        foreach (Match link in Link().Matches(document.Text))
        {
            var folder = Path.GetDirectoryName(document.Path) ?? "";
            var target = Path.GetRelativePath(".", Path.Combine(folder, link.Groups["path"].Value)).Replace('\\', '/');
            if (!exists(target))
            {
                yield return document.At(link.Index, $"{link.Groups["path"].Value} does not exist.");
            }
        }
    }

    private static IEnumerable<string> DeadNames(SourceFile document, NameIndex names) =>
        NamedType().Matches(document.Text).Where(name => !names.Knows(name.Groups["type"].Value, name.Groups["member"].Value))
            .Select(name => document.At(name.Index, $"{name.Value} is nowhere in the code."));

    private static IEnumerable<string> IncompleteStages(SourceFile walkthrough)
    {
        for (var stage = 1; stage <= 8; stage++)
        {
            var section = Regex.Match(walkthrough.Text, $@"^## {stage}\. .*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Value;
            foreach (var part in (string[])["**Code:** `", "**Proof:** `"])
            {
                if (!section.Contains(part, StringComparison.Ordinal))
                {
                    yield return $"{walkthrough.Path}: stage {stage} lacks {part.TrimEnd('`', ' ')}";
                }
            }
        }
    }

    private static IEnumerable<string> UnprovenCommands(SourceFile readme, string ci, IReadOnlyList<string> routes) =>
        ShellBlock().Matches(readme.Text)
            .SelectMany(block => block.Groups["text"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(command => command[0] != '#' && !Assignment().IsMatch(command))
            .Where(command => command.StartsWith("curl ", StringComparison.Ordinal) ? !IsRoute(command, routes) : !ci.Split('\n').Any(line => line.Trim().Contains(command, StringComparison.Ordinal)))
            .Select(command => $"{readme.Path}: nothing runs {command}");

    private static bool IsRoute(string command, IReadOnlyList<string> routes)
    {
        var path = CalledPath().Match(command).Groups["path"].Value;
        return routes.Any(route => Regex.IsMatch(path, "^" + Regex.Replace(Regex.Escape(route), @"\\\{[^}]*\}", "[^/]+") + "$"));
    }

    private static List<string> Routes() =>
        [.. SourceTree.Files.Where(file => file.IsUnder("Gateway") && file.Extension == ".cs").SelectMany(file => file.Parts.Literals)
            .Select(literal => literal.Text).Where(text => text.StartsWith("/v1/", StringComparison.Ordinal) || text is "/healthz" or "/readyz" or "/metrics")];

    private static IEnumerable<string> Differences(IEnumerable<string> read, IEnumerable<string> written)
    {
        var (code, text) = (read.ToHashSet(StringComparer.Ordinal), written.ToHashSet(StringComparer.Ordinal));
        return code.Except(text, StringComparer.Ordinal).Select(name => $"docs/configuration.md does not tell of {name}.")
            .Concat(text.Except(code, StringComparer.Ordinal).Select(name => $"docs/configuration.md tells of {name}, which nothing reads."));
    }

    private static string? FirstSection(string changelog) =>
        Section().Match(changelog) is { Success: true } section ? section.Groups["name"].Value : null;

    private static IEnumerable<string> ForeignNames(SourceFile file) =>
        ForeignPlaces.Where(place => file.Text.Contains(place, StringComparison.OrdinalIgnoreCase)).Select(place => $"{file.Path}: names {place}");

    private static bool PathExists(string path) =>
        File.Exists(Path.Combine(SourceTree.Root, path)) || Directory.Exists(Path.Combine(SourceTree.Root, path));

    [GeneratedRegex(@"`(?<path>[\w.\-]+(/[\w.\-]+)*/[\w.\-]+\.(cs|sql|md|csproj|props|targets|json|txt|sln|yml))`")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)(?<path>[^)#\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<type>[A-Z]\w*[a-z]\w*)(\.(?<member>[A-Z]\w*))?`")]
    private static partial Regex NamedType();

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^(export\s+)?[A-Z_]+=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"https?://[^/\s""']+(?<path>/[^\s""'?]*)")]
    private static partial Regex CalledPath();

    [GeneratedRegex(@"\bJOBFORGE_[A-Z_]+\b")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^## \[?(?<name>[\w.]+)\]?", RegexOptions.Multiline)]
    private static partial Regex Section();
}
