using JobForge.Storage.Postgres.Private;

[assembly: AssemblyFixture(typeof(JobForge.Storage.Tests.Postgres.PostgresServers))]

namespace JobForge.Storage.Tests.Postgres;

/// <summary>One private server for the whole assembly, started when the first test asks for it. Where PostgreSQL is missing, its tests are skipped.</summary>
public sealed class PostgresServers : IAsyncDisposable
{
    private static readonly Lazy<Task<PrivateServer>> Running = new(StartAsync);

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "jobforge-tests-" + Environment.ProcessId);

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

    public static Task<PrivateServer> ServerAsync()
    {
        SkipWhereMissing();
        return Running.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (Running.IsValueCreated)
        {
            await (await Running.Value).DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Its data lives for one run, so it need not reach the disk.</summary>
    private static Task<PrivateServer> StartAsync() => PrivateServer.StartAsync(new PrivateServerOptions
    {
        Folder = Folder,
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "400" },
    });
}
