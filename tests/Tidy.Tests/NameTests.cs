using System.Text.RegularExpressions;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>Names say what a thing is. The banned stems say only that somebody did not know.</summary>
public sealed partial class NameTests
{
    [Fact]
    public void No_file_and_no_type_of_ours_carries_a_banned_stem() =>
        SourceTree.Code.SelectMany(BannedNames).ShouldBeNone();

    [Fact]
    public void Every_namespace_of_ours_is_file_scoped() =>
        SourceTree.Code.SelectMany(BlockNamespaces).ShouldBeNone();

    [Theory]
    [InlineData("Grains/Jobs/JobManager.cs", "")]
    [InlineData("Grains/Jobs/Job.cs", "class JobHelpers { }")]
    [InlineData("Grains/Jobs/Job.cs", "record struct TimeUtils();")]
    [InlineData("Grains/Jobs/Job.cs", "interface IJobGrainV2 { }")]
    [InlineData("Grains/Jobs/Job.cs", "abstract class HandlerBase { }")]
    [InlineData("Grains/Jobs/Job.cs", "enum CommonWords { }")]
    [InlineData("Grains/Utilities/Job.cs", "")]
    public void A_banned_stem_is_found(string path, string text) =>
        BannedNames(new SourceFile(path, text)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("class Database { }")]
    [InlineData("class Baseline { } // the Manager")]
    [InlineData("enum Uncommon { }")]
    [InlineData("namespace Orleans.Runtime;\ninterface IManagementHelper { }")]
    public void A_word_that_only_contains_a_stem_and_a_name_that_Orleans_gives_pass(string text) =>
        BannedNames(new SourceFile("Runtime/Word.cs", text)).ShouldBeEmpty();

    [Fact]
    public void A_block_namespace_is_found()
    {
        BlockNamespaces(new SourceFile("Grains/Jobs/Job.cs", "namespace JobForge.Grains.Jobs\n{\n}")).ShouldHaveSingleItem();
        BlockNamespaces(new SourceFile("Grains/Jobs/Job.cs", "namespace JobForge.Grains.Jobs;")).ShouldBeEmpty();
        BlockNamespaces(new SourceFile("Runtime/Grains.cs", "namespace Orleans\n{\n}\nnamespace Orleans.Runtime\n{\n}")).ShouldBeEmpty();
    }

    private static IEnumerable<string> BannedNames(SourceFile file)
    {
        if (NamespaceOf(file) is { } name && (name == "Orleans" || name.StartsWith("Orleans.", StringComparison.Ordinal)))
        {
            yield break;
        }

        foreach (var part in file.Path.Split('/'))
        {
            if (BannedStem().IsMatch(part))
            {
                yield return $"{file.Path}: the name {part} carries a banned stem.";
            }
        }

        foreach (Match type in TypeName().Matches(file.Parts.Code))
        {
            if (BannedStem().IsMatch(type.Groups["name"].Value))
            {
                yield return file.At(type.Index, $"the type {type.Groups["name"].Value} carries a banned stem.");
            }
        }
    }

    /// <summary>The embedded engine speaks in several of Orleans' namespaces, at times in one file; ours has one a file.</summary>
    private static IEnumerable<string> BlockNamespaces(SourceFile file) =>
        BlockNamespace().Matches(file.Parts.Code).Select(match => file.At(match.Index, "the namespace is not file-scoped."));

    private static string? NamespaceOf(SourceFile file) =>
        Namespace().Match(file.Parts.Code) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex(@"(Manager|Helper|Util|Common|Misc|Base|V[2-9])(s|ities|ity)?(?![a-z0-9])")]
    private static partial Regex BannedStem();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*namespace\s+JobForge[\w.]*\s*\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();
}
