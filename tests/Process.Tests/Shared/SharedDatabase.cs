using System.Globalization;
using JobForge.Process.Tests.Drive;
using JobForge.Storage.Postgres.Private;
using Npgsql;

namespace JobForge.Process.Tests.Shared;

/// <summary>One private PostgreSQL for a test class, a database for each test. Where PostgreSQL is missing, the tests are skipped.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private PrivateServer? _server;
    private string _missing = "";
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        try
        {
            OpenToServer(_folder.Path);
            // Its data lives for one run: what the processes are told must outlive them and the server, but not the machine.
            _server = await PrivateServer.StartAsync(new PrivateServerOptions
            {
                Folder = Path.Combine(_folder.Path, "postgres"),
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsync"] = "off" },
            });
        }
        catch (PostgresNotFoundException missing)
        {
            _missing = missing.Message;
        }
    }

    internal PrivateServer Server
    {
        get
        {
            Assert.SkipWhen(_server is null, _missing);
            return _server!;
        }
    }

    internal async Task<SharedDatabase> NewDatabaseAsync()
    {
        var name = "chaos_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        await using var connection = new NpgsqlConnection(Server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new SharedDatabase(Server.ConnectionString(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>The server runs under an account of its own when this is root, and must be able to reach its folder.</summary>
    private static void OpenToServer(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        }
    }
}

/// <summary>One database, the folder that its processes share, and what they left in the rows.</summary>
internal sealed class SharedDatabase(string connection) : IAsyncDisposable
{
    /// <summary>Short, so that takeovers are; yet a busy machine must be able to renew it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly List<SiloProcess> _silos = [];

    public DataFolder Data { get; } = new();

    public string Connection => connection;

    /// <summary>A process as a user starts it.</summary>
    public SiloProcess Start(params string[] further) => StartOn(connection, further);

    /// <summary>A process whose address is known before it serves, and stays over its restarts.</summary>
    public SiloProcess StartAt(int port) => Launch(connection, port, []);

    /// <param name="through">Another way to the same database.</param>
    public SiloProcess StartOn(string through, params string[] further) => Launch(through, port: 0, further);

    private SiloProcess Launch(string through, int port, string[] further)
    {
        var environment = new Dictionary<string, string>(SiloProcess.AllFeaturesOn, StringComparer.Ordinal) { ["JOBFORGE_CONNECTION"] = through };
        var silo = SiloProcess.Start(
            environment,
            ["--store", "postgres", "--data", Data.Path, "--urls", $"http://127.0.0.1:{port}", "--lease-seconds", "2", "--allow-private-host", "127.0.0.1", .. further]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>The first column of every row, as text.</summary>
    public async Task<IReadOnlyList<string>> TextAsync(string sql)
    {
        await using var open = new NpgsqlConnection(connection + ";Pooling=false");
        await open.OpenAsync();
#pragma warning disable CA2100 // The statements are literals of the tests.
        await using var command = new NpgsqlCommand(sql, open);
#pragma warning restore CA2100
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await rows.ReadAsync())
        {
            found.Add(rows.IsDBNull(0) ? "" : Convert.ToString(rows.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return found;
    }

    /// <summary>Asks until the statement answers no rows.</summary>
    public async Task UntilNoneAsync(string sql)
    {
        IReadOnlyList<string> left = [];
        try
        {
            await Tenancy.UntilAsync(async () => (left = await TextAsync(sql)).Count == 0);
        }
        catch (OperationCanceledException)
        {
            left.ShouldBeEmpty(Story());
        }
    }

    public Task UntilAllEndedAsync() => UntilNoneAsync("SELECT id || ' ' || status || ' ' || coalesce(status_reason, '') || ' epoch ' || coalesce(owner_epoch::text, 'none') FROM jobforge_jobs");

    /// <summary>Every job has ended, once; attempts are counted once; nobody owns anything any more. For when every process has stopped.</summary>
    public async Task ShouldBeSettledAsync()
    {
        (await TextAsync("SELECT id || ' ' || status || ' ' || coalesce(status_reason, '') FROM jobforge_jobs")).ShouldBeEmpty("jobs that have not ended");
        (await TextAsync("SELECT id FROM jobforge_finished_jobs GROUP BY id HAVING count(*) > 1")).ShouldBeEmpty("jobs that ended twice");
        (await TextAsync("SELECT job_id || ' ' || number FROM jobforge_job_attempts WHERE outcome IN ('succeeded', 'running')"))
            .ShouldBeEmpty("attempts that succeeded, and were followed by another");
        (await TextAsync("SELECT job_id || ' ' || number FROM jobforge_job_attempts GROUP BY job_id, number HAVING count(*) FILTER (WHERE outcome <> 'drained') > 1"))
            .ShouldBeEmpty("attempts that were counted twice");
        (await TextAsync("""
            SELECT id || ' ' || attempts FROM jobforge_finished_jobs AS job
            WHERE status = 'succeeded'
              AND attempts - 1 <> (SELECT count(*) FROM jobforge_job_attempts WHERE job_id = job.id AND outcome <> 'drained')
            """)).ShouldBeEmpty("jobs whose earlier attempts are not all written");
        (await TextAsync("SELECT id FROM jobforge_finished_jobs WHERE (manifest::json ->> 'status') <> CASE status WHEN 'succeeded' THEN 'complete' ELSE 'failed' END"))
            .ShouldBeEmpty("manifests that tell another end than their job");
    }

    /// <summary>What every process printed, for the message of a failure.</summary>
    public string Story() => string.Join("\n", _silos.Select(silo => $"--- {silo.Worker}\n{silo.Output}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        Data.Dispose();
    }
}
