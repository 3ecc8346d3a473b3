using System.Text.RegularExpressions;

namespace JobForge.Tidy.Tests.Tree;

/// <summary>Which types the code declares and which words stand in their files; enough to tell whether a document's name is still true.</summary>
public sealed partial class NameIndex
{
    private readonly ILookup<string, SourceFile> _declaring;
    private readonly HashSet<string> _projects;

    public NameIndex(IReadOnlyList<SourceFile> files)
    {
        _declaring = files.SelectMany(file => TypeHead().Matches(file.Parts.Code).Select(match => (Name: match.Groups["name"].Value, file)))
            .ToLookup(pair => pair.Name, pair => pair.file, StringComparer.Ordinal);
        _projects = files.SelectMany(file => file.Path.Split('/')[..^1]).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Ours, a project's, or a type of the framework's own namespace.</summary>
    /// <param name="member">Empty: the type alone.</param>
    public bool Knows(string type, string member) =>
        _projects.Contains(member.Length == 0 ? type : $"{type}.{member}")
        || (member.Length == 0 && Type.GetType($"System.{type}") is not null)
        || (_declaring.Contains(type) && (member.Length == 0 || _declaring[type].Any(file => Regex.IsMatch(file.Parts.Code, $@"\b{member}\b"))));

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeHead();
}
