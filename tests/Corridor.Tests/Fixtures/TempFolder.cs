using JobForge.Contracts.Ids;
using Microsoft.Data.Sqlite;

namespace JobForge.Corridor.Tests.Fixtures;

/// <summary>A data folder of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    private static readonly IdSource Ids = new(TimeProvider.System, RandomSource.Secure);

    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"jobforge-corridor-{Ids.Next():N}");

    public string Database => System.IO.Path.Combine(Path, "jobforge.db");

    /// <summary>Runs one statement on a connection of its own, as an operator with a shell would.</summary>
    public int Sql(string statement)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteNonQuery();
    }

    public long Count(string query)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>What a crash at this moment would leave: every committed row, and whatever else lies in the folder.</summary>
    public TempFolder CrashImage()
    {
        var image = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(file => !file.Contains("jobforge.db", StringComparison.Ordinal)))
        {
            var copy = System.IO.Path.Combine(image.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Sql($"VACUUM INTO '{image.Database}'");
        return image;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        return connection;
    }
}
