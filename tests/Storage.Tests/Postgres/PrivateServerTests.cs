using System.Diagnostics;
using System.Globalization;
using JobForge.Storage.Postgres.Private;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>Each test has a server of its own, since each ends it in another way.</summary>
public sealed class PrivateServerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobforge-server-").FullName;

    public ValueTask InitializeAsync()
    {
        PostgresServers.SkipWhereMissing();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_restart_and_after_the_server_was_killed()
    {
        await using (var first = await StartAsync())
        {
            await RunAsync(first, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
            (await AskAsync(first, "SHOW fsync")).ShouldBe("on");
            (await AskAsync(first, "SHOW autovacuum_naptime")).ShouldBe("5s");
            (await AskAsync(first, "SHOW server_encoding")).ShouldBe("UTF8");
        }

        await using (var second = await StartAsync())
        {
            await RunAsync(second, "INSERT INTO kept VALUES (2)");
            using var process = Process.GetProcessById(ProcessOf(_folder));
            process.Kill();
            await process.WaitForExitAsync();
        }

        await using var third = await StartAsync();
        (await AskAsync(third, "SELECT count(*) FROM kept")).ShouldBe(2L);
    }

    [Fact]
    public async Task A_process_file_of_a_stranger_is_not_trusted()
    {
        await using (await StartAsync())
        {
            // Only to have a cluster.
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{_folder}/data\n0\n1\n\n127.0.0.1\n  0 0\nready   \n");

        await using var server = await StartAsync();
        (await AskAsync(server, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_password_and_only_the_servers_account_reads_it()
    {
        await using var server = await StartAsync();
        var stranger = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Password = "guess", Pooling = false };

        await using var connection = new NpgsqlConnection(stranger.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(connection.OpenAsync())).SqlState.ShouldBe("28P01");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(_folder, "password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task A_folder_has_one_owner_at_a_time()
    {
        await using var server = await StartAsync();

        (await Should.ThrowAsync<StoreInUseException>(StartAsync())).Message.ShouldContain(_folder);
    }

    private Task<PrivateServer> StartAsync() => PrivateServer.StartAsync(new PrivateServerOptions { Folder = _folder });

    private static int ProcessOf(string folder) =>
        int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First().Trim(), CultureInfo.InvariantCulture);

    private static async Task RunAsync(PrivateServer server, string sql) => await AskAsync(server, sql);

    private static async Task<object?> AskAsync(PrivateServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
