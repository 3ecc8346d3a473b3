namespace JobForge.Tidy.Tests.Tree;

/// <summary>The project's own files: everything below the solution but build output, local data and what tools keep for themselves.</summary>
public static class SourceTree
{
    public static string Root { get; } = FindRoot();

    private static readonly HashSet<string> SkippedFolders =
        new(StringComparer.Ordinal) { "bin", "obj", "data", "node_modules", "TestResults" };

    private static readonly Lazy<IReadOnlyList<SourceFile>> Loaded = new(() => [.. Walk(Root).Select(Load).OrderBy(file => file.Path, StringComparer.Ordinal)]);

    private static readonly HashSet<string> TextExtensions =
        new(StringComparer.Ordinal) { ".cs", ".csproj", ".props", ".targets", ".sln", ".sql", ".md", ".json", ".txt", ".yml", ".yaml", ".sh", ".ts", ".tsx", ".editorconfig", "" };

    public static IReadOnlyList<SourceFile> Files => Loaded.Value;

    public static IEnumerable<SourceFile> Code => Files.Where(file => file.Extension == ".cs");

    public static IEnumerable<SourceFile> ProductionCode => Files.Where(file => file.IsProductionCode);

    public static SourceFile File(string path) =>
        Files.FirstOrDefault(file => file.Path == path) ?? throw new FileNotFoundException($"The tree has no {path}.");

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(entry);
            if (!Directory.Exists(entry))
            {
                if (TextExtensions.Contains(Path.GetExtension(name)))
                {
                    yield return entry;
                }
            }
            else if (!SkippedFolders.Contains(name) && (name[0] != '.' || name == ".ci"))
            {
                foreach (var inner in Walk(entry))
                {
                    yield return inner;
                }
            }
        }
    }

    private static SourceFile Load(string path) =>
        new(Path.GetRelativePath(Root, path).Replace('\\', '/'), System.IO.File.ReadAllText(path).ReplaceLineEndings("\n"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The solution file is nowhere above the tests.");
    }
}
