using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Sqlite;

/// <summary>A folder of its own with one database file.</summary>
public sealed class SqliteFixture : IStoreFixture
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("jobforge-").FullName;

    public string DatabasePath => Path.Combine(Folder, "jobforge.db");

    public async Task<IStore> OpenAsync(TimeProvider time) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = DatabasePath }, time, new IdSource(time, RandomSource.Secure));

    public Task SqlAsync(string sql)
    {
        using var session = SqliteSession.Open(DatabasePath, readOnly: false, TimeSpan.FromSeconds(5));
        session.Script(sql);
        return Task.CompletedTask;
    }

    public string Literal(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
