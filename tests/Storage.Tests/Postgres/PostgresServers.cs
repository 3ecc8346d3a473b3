using System.Globalization;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres;
using JobForge.Storage.Postgres.Private;
using JobForge.Tests.Shared;
using Npgsql;

[assembly: AssemblyFixture(typeof(JobForge.Storage.Tests.Postgres.PostgresServers))]

namespace JobForge.Storage.Tests.Postgres;

/// <summary>One private server for the whole assembly, started when the first test asks for it. Where PostgreSQL is missing, its tests are skipped.</summary>
public sealed class PostgresServers : IAsyncDisposable
{
    private const string Template = "migrated";

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "jobforge-tests-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    private static readonly SemaphoreSlim Starting = new(1);
    private static PrivateServer? _running;
    private static int _databases;

    public static void SkipWhereMissing()
    {
        try
        {
            PostgresBinaries.Find();
        }
        catch (PostgresNotFoundException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    public static async Task<PrivateServer> ServerAsync()
    {
        SkipWhereMissing();
        await Starting.WaitAsync();
        try
        {
            return _running ??= await StartAsync();
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>A migrated database; copying one is faster than migrating anew.</summary>
    public static Task<string> NewDatabaseAsync() => NewDatabaseAsync(Template);

    public static async Task<string> NewDatabaseAsync(string template)
    {
        var name = "test_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        await RunAsync(await ServerAsync(), $"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    public static async Task DropDatabaseAsync(string name) => await RunAsync(await ServerAsync(), $"DROP DATABASE {name} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        if (_running is { } server)
        {
            await server.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Its data lives for one run, so it need not reach the disk.</summary>
    private static async Task<PrivateServer> StartAsync()
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions
        {
            Folder = Folder,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "400" },
        });
        await RunAsync(server, $"CREATE DATABASE {Template}");
        var time = new FakeTimeProvider();
        await (await PostgresStore.OpenAsync(PostgresFixture.Options(server.ConnectionString(Template)), time, new IdSource(time, RandomSource.Secure))).DisposeAsync();
        return server;
    }

    private static async Task RunAsync(PrivateServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
