namespace JobForge.Process.Tests.Drive;

/// <summary>A folder of its own for one test, gone after it.</summary>
public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("jobforge-process-").FullName;

    public string Database => System.IO.Path.Combine(Path, "jobforge.db");

    public IEnumerable<string> Files => Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
