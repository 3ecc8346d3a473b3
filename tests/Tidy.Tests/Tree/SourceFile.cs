namespace JobForge.Tidy.Tests.Tree;

/// <summary>One text file of the tree, or a snippet that pretends to be one.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
public sealed record SourceFile(string Path, string Text)
{
    private CSharpText? _parts;

    public string Name => System.IO.Path.GetFileName(Path);

    public string Extension => System.IO.Path.GetExtension(Path);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public bool IsProductionCode => Extension == ".cs" && !IsTest;

    public int LineCount => Text.Length == 0 ? 0 : Text.AsSpan().Count('\n') + (Text.EndsWith('\n') ? 0 : 1);

    /// <summary>The file's code, comments and literals; only for C#.</summary>
    public CSharpText Parts => _parts ??= CSharpText.Split(Text);

    public bool IsUnder(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            if (Path.StartsWith(folder + "/", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a rule says about a place of this file.</summary>
    public string At(int offset, string finding) => $"{Path}:{Text.AsSpan(0, offset).Count('\n') + 1}: {finding}";
}
