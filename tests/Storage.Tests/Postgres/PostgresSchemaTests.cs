using System.Diagnostics;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres;
using JobForge.Tests.Shared;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private string _empty = "";

    public async ValueTask InitializeAsync() => _empty = await PostgresServers.NewDatabaseAsync("template1");

    public async ValueTask DisposeAsync() => await PostgresServers.DropDatabaseAsync(_empty);

    [Fact]
    public async Task Replaying_the_migrations_gives_exactly_the_committed_schema()
    {
        await (await OpenAsync()).DisposeAsync();
        var replayed = await DumpAsync();

        // JOBFORGE_WRITE_SCHEMA=1 writes the file anew after a new migration; the difference is then reviewed with it.
        if (string.Equals(Environment.GetEnvironmentVariable("JOBFORGE_WRITE_SCHEMA"), "1", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(SchemaFile(), replayed + "\n");
        }

        replayed.ShouldBe((await File.ReadAllTextAsync(SchemaFile())).TrimEnd());
    }

    [Fact]
    public async Task Processes_that_open_an_empty_database_at_once_migrate_it_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync()));

        (await QueryAsync("SELECT count(*) FROM jobforge_migrations")).ShouldBe((long)SqlTexts.Postgres.Migrations.Count);
        foreach (var store in stores)
        {
            (await store.Read.PingAsync(CancellationToken.None)).ShouldBeTrue();
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        await QueryAsync("INSERT INTO jobforge_migrations (number, name, applied_at) VALUES (9999, 'of_a_newer_version', now())");

        (await Should.ThrowAsync<InvalidOperationException>(OpenAsync())).Message.ShouldContain("9999");
    }

    [Fact]
    public async Task A_login_of_the_engines_role_alone_runs_a_migrated_database_and_cannot_change_its_schema()
    {
        await (await OpenAsync()).DisposeAsync();
        var login = "login_" + _empty;
        await QueryAsync($"CREATE ROLE {login} LOGIN PASSWORD 'x' IN ROLE jobforge_engine, jobforge_reader");
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(await ConnectionAsync()) { Username = login, Password = "x" }.ConnectionString;
            await using (var store = await OpenAsync(connection))
            {
                (await store.Read.PingAsync(CancellationToken.None)).ShouldBeTrue();
                // Days ahead are made with the rights of the schema's owner.
                await store.Upkeep.EnsureAheadAsync(_time.GetUtcNow().AddDays(30), CancellationToken.None);
            }

            (await Should.ThrowAsync<PostgresException>(QueryAsync("DROP TABLE jobforge_flags", connection))).SqlState.ShouldBe("42501");
            (await Should.ThrowAsync<PostgresException>(QueryAsync("CREATE TABLE jobforge_more (n int)", connection))).SqlState.ShouldBe("42501");
            (await Should.ThrowAsync<PostgresException>(QueryAsync("SET ROLE jobforge_engine; DELETE FROM jobforge_audit_logs", connection))).SqlState.ShouldBe("42501");
        }
        finally
        {
            await QueryAsync($"DROP ROLE {login}");
        }
    }

    [Fact]
    public async Task A_refused_login_is_told_at_once_and_without_its_password()
    {
        var wrong = new NpgsqlConnectionStringBuilder(await ConnectionAsync()) { Password = "not-the-password" }.ConnectionString;

        // The clock stands still: a retry would wait for ever.
        (await Should.ThrowAsync<StoreUnavailableException>(OpenAsync(wrong))).ToString().ShouldNotContain("not-the-password");
    }

    private async Task<PostgresStore> OpenAsync() => await OpenAsync(await ConnectionAsync());

    private Task<PostgresStore> OpenAsync(string connection) => PostgresStore.OpenAsync(PostgresFixture.Options(connection), _time, new IdSource(_time, RandomSource.Secure));

    private async Task<string> ConnectionAsync() => (await PostgresServers.ServerAsync()).ConnectionString(_empty);

    private async Task<object?> QueryAsync(string sql, string? connection = null)
    {
        await using var opened = new NpgsqlConnection((connection ?? await ConnectionAsync()) + ";Pooling=false");
        await opened.OpenAsync();
        await using var command = new NpgsqlCommand(sql, opened);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>What pg_dump says, without its comments, settings, and the partitions of days.</summary>
    private async Task<string> DumpAsync()
    {
        var server = await PostgresServers.ServerAsync();
        var connection = new NpgsqlConnectionStringBuilder(await ConnectionAsync());
        var start = new ProcessStartInfo(
            server.Binaries.Program("pg_dump"), ["--schema-only", "--no-owner", "-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, _empty])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["PGPASSWORD"] = connection.Password },
        };
        using var dump = Process.Start(start)!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        dump.ExitCode.ShouldBe(0);
        var statements = text.Split("\n\n").Select(block => string.Join('\n', block.Split('\n').Where(line => !IsNoise(line)))).Where(block => block.Trim().Length > 0);
        return string.Join("\n\n", statements.Where(block => !IsOfADay(block))).Trim();
    }

    private static bool IsNoise(string line) =>
        line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith("SET ", StringComparison.Ordinal)
        || line.StartsWith("SELECT pg_catalog.set_config", StringComparison.Ordinal) || line.StartsWith('\\');

    private static bool IsOfADay(string block) => System.Text.RegularExpressions.Regex.IsMatch(block, "_20300[0-9]{3}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string SchemaFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "Storage", "Postgres", "schema.postgres.sql");
    }
}
