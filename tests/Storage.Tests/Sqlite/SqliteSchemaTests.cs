using JobForge.Storage.Sqlite.Engine;
using JobForge.Tests.Shared;

namespace JobForge.Storage.Tests.Sqlite;

public sealed class SqliteSchemaTests : IAsyncLifetime
{
    private readonly SqliteFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Replaying_the_migrations_gives_exactly_the_committed_schema()
    {
        await (await _fixture.OpenAsync(new FakeTimeProvider())).DisposeAsync();
        using var session = SqliteSession.Open(_fixture.DatabasePath, readOnly: true, TimeSpan.Zero);
        var replayed = string.Join(
            "\n\n",
            session.Text("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name")
                .All(row => row.Text(0) + ";"));

        var committed = await File.ReadAllTextAsync(SchemaFile());

        // JOBFORGE_WRITE_SCHEMA=1 writes the file anew after a new migration; the difference is then reviewed with it.
        if (string.Equals(Environment.GetEnvironmentVariable("JOBFORGE_WRITE_SCHEMA"), "1", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(SchemaFile(), replayed + "\n");
        }

        replayed.ShouldBe(committed.TrimEnd());
    }

    [Fact]
    public async Task Opening_twice_migrates_once_and_a_newer_schema_is_refused()
    {
        await (await _fixture.OpenAsync(new FakeTimeProvider())).DisposeAsync();
        await (await _fixture.OpenAsync(new FakeTimeProvider())).DisposeAsync();
        await _fixture.SqlAsync("INSERT INTO jobforge_migrations (number, name, applied_at) VALUES (9999, 'of_a_newer_version', 0)");

        (await Should.ThrowAsync<InvalidOperationException>(_fixture.OpenAsync(new FakeTimeProvider()))).Message.ShouldContain("9999");
    }

    private static string SchemaFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "Storage", "Sqlite", "schema.sqlite.sql");
    }
}
