using System.Text.RegularExpressions;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

public sealed partial class SizeTests
{
    private const int UsualLines = 250;
    private const int MostLines = 400;
    private const int MostParameters = 7;

    [Fact]
    public void No_production_file_is_longer_than_400_lines() =>
        SourceTree.ProductionCode.SelectMany(TooLong).ShouldBeNone();

    [Fact]
    public void Nine_production_files_of_ten_have_at_most_250_lines() =>
        TooManyLong([.. SourceTree.ProductionCode]).ShouldBeNone();

    [Fact]
    public void No_constructor_takes_more_than_seven_parameters() =>
        SourceTree.ProductionCode.SelectMany(WideConstructors).ShouldBeNone();

    [Fact]
    public void The_analyzers_hold_methods_to_sixty_lines()
    {
        var editorconfig = File.ReadAllText(Path.Combine(SourceTree.Root, ".editorconfig"));

        editorconfig.ShouldContain("dotnet_diagnostic.MA0051.severity = warning");
        editorconfig.ShouldContain("MA0051.maximum_lines_per_method = 60");
        SourceTree.File("Directory.Build.props").Text.ShouldContain("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
    }

    [Fact]
    public void A_file_of_401_lines_is_found()
    {
        TooLong(Lines("Grains/Long.cs", 400)).ShouldBeEmpty();
        TooLong(Lines("Grains/Long.cs", 401)).ShouldHaveSingleItem();
    }

    [Fact]
    public void Two_long_files_of_ten_are_found()
    {
        var files = Enumerable.Range(0, 9).Select(i => Lines($"Grains/F{i}.cs", 10)).Append(Lines("Grains/Long.cs", 251)).ToList();

        TooManyLong(files).ShouldBeEmpty();
        files[0] = Lines("Grains/F0.cs", 251);
        TooManyLong(files).Single().ShouldContain("Grains/Long.cs");
    }

    [Theory]
    [InlineData("class Wide(int a, int b, int c, int d, int e, int f, int g, int h) { }")]
    [InlineData("record Wide<T>(int a, int b, int c, int d, int e, int f, int g, IDictionary<string, (int, int)> h);")]
    [InlineData("class Wide { internal Wide(int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    public void Eight_parameters_are_found(string text) =>
        WideConstructors(new SourceFile("Grains/Wide.cs", text)).Single().ShouldContain("Wide");

    [Theory]
    [InlineData("class Fits(Func<int, int> a, (int, int) b, int[,] c, int d, int e, int f, int g) { }")]
    [InlineData("class Fits { public void Call(int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    [InlineData("class Fits(/* a, b, c, d, e, f, g, h */ string text = \"a,b,c,d,e,f,g,h\") { }")]
    public void Seven_parameters_and_commas_inside_them_pass(string text) =>
        WideConstructors(new SourceFile("Grains/Fits.cs", text)).ShouldBeEmpty();

    private static IEnumerable<string> TooLong(SourceFile file)
    {
        if (file.LineCount > MostLines)
        {
            yield return $"{file.Path}: {file.LineCount} lines, at most {MostLines} are allowed.";
        }
    }

    private static IEnumerable<string> TooManyLong(IReadOnlyList<SourceFile> files)
    {
        var longer = files.Where(file => file.LineCount > UsualLines).ToList();
        if (longer.Count * 10 > files.Count)
        {
            yield return $"{longer.Count} of {files.Count} files are longer than {UsualLines} lines: {string.Join(", ", longer.Select(file => file.Path))}";
        }
    }

    private static IEnumerable<string> WideConstructors(SourceFile file)
    {
        var code = file.Parts.Code;
        var types = TypeHead().Matches(code).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var heads = PrimaryConstructor().Matches(code).Concat(Constructor().Matches(code).Where(match => types.Contains(match.Groups["name"].Value)));
        foreach (var head in heads)
        {
            var count = CountParameters(code, head.Index + head.Length);
            if (count > MostParameters)
            {
                yield return file.At(head.Index, $"{head.Groups["name"].Value} takes {count} constructor parameters, at most {MostParameters} are allowed.");
            }
        }
    }

    /// <param name="at">Just behind the opening parenthesis.</param>
    private static int CountParameters(string code, int at)
    {
        var (depth, commas, any) = (0, 0, false);
        for (; at < code.Length && (depth > 0 || code[at] != ')'); at++)
        {
            depth += code[at] is '(' or '<' or '[' or '{' ? 1 : code[at] is ')' or '>' or ']' or '}' ? -1 : 0;
            commas += code[at] == ',' && depth == 0 ? 1 : 0;
            any |= !char.IsWhiteSpace(code[at]);
        }

        return any ? commas + 1 : 0;
    }

    private static SourceFile Lines(string path, int count) => new(path, string.Concat(Enumerable.Repeat("x\n", count)));

    [GeneratedRegex(@"\b(class|struct|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"\b(class|struct|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)\s*(<[^>(]*>)?\s*\(")]
    private static partial Regex PrimaryConstructor();

    [GeneratedRegex(@"\b(public|internal|private|protected)\s+(?<name>[A-Z]\w*)\s*\(")]
    private static partial Regex Constructor();
}
