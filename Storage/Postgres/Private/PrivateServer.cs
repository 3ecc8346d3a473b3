using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using JobForge.Contracts.Ids;
using JobForge.Storage.Sqlite.Engine;
using Npgsql;

namespace JobForge.Storage.Postgres.Private;

/// <summary>
/// A PostgreSQL server of our own, for trying out and for tests: no installation step but the package. It listens on loopback only, on a free port, with
/// a random password that lies in its folder. It ends with this object; should this process be killed, a watchdog stops it, and the next start in the
/// same folder goes on with its data.
/// </summary>
public sealed class PrivateServer : IAsyncDisposable
{
    /// <summary>The superuser of the server, and the database that is made at its first start.</summary>
    private const string Name = "jobforge";

    private readonly ServerAccount _account;
    private readonly ProcessLock _lock;
    private readonly string _password;
    private Process? _watchdog;
    private int _disposed;

    private PrivateServer(PrivateServerOptions options, PostgresBinaries binaries, ServerAccount account, ProcessLock processLock, string password)
    {
        (Options, Binaries, _account, _lock, _password) = (options, binaries, account, processLock, password);
    }

    public PostgresBinaries Binaries { get; }

    public PrivateServerOptions Options { get; }

    /// <summary>On 127.0.0.1.</summary>
    public int Port { get; private set; }

    private string Data => Path.Combine(Options.Folder, "data");

    /// <summary>Starts the server in its folder, making the cluster when the folder is empty, and answers when it accepts connections.</summary>
    /// <exception cref="PostgresNotFoundException">PostgreSQL is not installed.</exception>
    /// <exception cref="StoreInUseException">Another living process owns the server of this folder.</exception>
    /// <exception cref="InvalidOperationException">The server did not start; the message holds what it said.</exception>
    public static async Task<PrivateServer> StartAsync(PrivateServerOptions options, CancellationToken cancel = default)
    {
        options = options with { Folder = Path.GetFullPath(options.Folder) };
        var binaries = PostgresBinaries.Find(MajorOf(Path.Combine(options.Folder, "data")));
        var account = ServerAccount.Choose();
        Directory.CreateDirectory(options.Folder);
        var processLock = ProcessLock.Take(Path.Combine(options.Folder, "server"));
        try
        {
            var server = new PrivateServer(options, binaries, account, processLock, await PasswordAsync(options.Folder, cancel));
            await account.OwnAsync(options.Folder, cancel);
            await server.MakeClusterAsync(cancel);
            await server.StopFormerAsync(cancel);
            await server.LaunchAsync(FreePort, cancel);
            await server.EnsureDatabaseAsync(cancel);
            return server;
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    }

    /// <summary>For the superuser; holds the password, so it belongs in no log.</summary>
    public string ConnectionString(string database = Name) => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = Port,
        Username = Name,
        Password = _password,
        Database = database,
    }.ConnectionString;

    /// <summary>Stops the server under its clients, as an administrator does: in order (fast), or as a power cut would (immediate). <see cref="StartAgainAsync"/> brings it back.</summary>
    public async Task StopAsync(bool immediate)
    {
        await ControlAsync(["-m", immediate ? "immediate" : "fast", "-w", "-t", "60", "stop"], CancellationToken.None);
        await ReleaseWatchdogAsync();
    }

    /// <summary>Starts the server that was stopped, on the same port.</summary>
    /// <exception cref="InvalidOperationException">The server did not start; the message holds what it said.</exception>
    public Task StartAgainAsync() => LaunchAsync(() => Port, CancellationToken.None);

    /// <summary>Stops the server at once but in order: open transactions are rolled back, and nothing has to be recovered at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await ControlAsync(["-m", "fast", "-w", "-t", "60", "stop"], CancellationToken.None);
        await ReleaseWatchdogAsync();
        _lock.Dispose();
    }

    /// <summary>The version of the cluster that lies there already.</summary>
    private static int? MajorOf(string data)
    {
        var file = Path.Combine(data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    private static async Task<string> PasswordAsync(string folder, CancellationToken cancel)
    {
        var file = Path.Combine(folder, "password");
        if (!File.Exists(file))
        {
            var bytes = new byte[24];
            RandomSource.Secure.Fill(bytes);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using var created = new FileStream(file, options);
            await using var writer = new StreamWriter(created);
            await writer.WriteAsync(Convert.ToHexStringLower(bytes));
        }

        return await File.ReadAllTextAsync(file, cancel);
    }

    /// <summary>Into a side folder that is renamed at the end, so that a cluster is either whole or not there.</summary>
    private async Task MakeClusterAsync(CancellationToken cancel)
    {
        if (Directory.Exists(Data))
        {
            return;
        }

        var half = Data + ".new";
        if (Directory.Exists(half))
        {
            Directory.Delete(half, recursive: true);
        }

        await ServerCommand.RequireAsync(
            _account,
            Options.Folder,
            Binaries.Program("initdb"),
            ["-D", half, "-U", Name, "-A", "scram-sha-256", "--pwfile", Path.Combine(Options.Folder, "password"), "-E", "UTF8", "--locale=C", "--no-instructions"],
            cancel);
        Directory.Move(half, Data);
    }

    /// <summary>
    /// Ends a server that a killed process left behind. It is not taken over as it stands: its watchdog may be about to stop it. A process file that no
    /// living server of this folder wrote is removed, since its number may belong to anybody by now.
    /// </summary>
    private async Task StopFormerAsync(CancellationToken cancel)
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file))
        {
            return;
        }

        if (IsAlive(file))
        {
            await ControlAsync(["-m", "fast", "-w", "-t", "60", "stop"], cancel);
        }
        else
        {
            File.Delete(file);
        }
    }

    /// <summary>A server's working folder is its data folder, where it reads the very file that we see.</summary>
    private static bool IsAlive(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            var pid = text.Split('\n')[0].Trim();
            return Directory.Exists("/proc/self")
                ? File.Exists($"/proc/{pid}/cwd/postmaster.pid") && string.Equals(File.ReadAllText($"/proc/{pid}/cwd/postmaster.pid"), text, StringComparison.Ordinal)
                : Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture)).ProcessName is "postgres";
        }
        catch (Exception gone) when (gone is IOException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>A free port may be taken by somebody before the server has it, hence several tries.</summary>
    private async Task LaunchAsync(Func<int> port, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = port();
            var log = Path.Combine(Options.Folder, "server.log");
            var (code, output) = await ControlAsync(["-l", log, "-w", "-t", "300", "-o", Settings(), "start"], cancel);
            if (code == 0)
            {
                break;
            }

            if (attempt == 3)
            {
                throw new InvalidOperationException($"PostgreSQL did not start in {Options.Folder}: {output}\n{LastLines(log)}");
            }
        }

        StartWatchdog();
    }

    private string Settings() => string.Join(
        ' ',
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = IPAddress.Loopback.ToString(),
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["max_wal_size"] = "2GB",
            ["autovacuum_naptime"] = "5s",
            ["fsync"] = "on",
            ["synchronous_commit"] = "on",
            ["wal_compression"] = "off",
            ["timezone"] = "UTC",
        }.Concat(Options.Settings).Select(setting => $"-c {setting.Key}={setting.Value}"));

    /// <summary>
    /// A shell that waits on our end of a pipe. The kernel closes it however this process ends; then the shell asks the server to stop. It names the
    /// server's process rather than its folder, so that it never stops a successor.
    /// </summary>
    private void StartWatchdog()
    {
        var pid = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First().Trim();
        _watchdog = ServerCommand.Start(
            _account,
            Options.Folder,
            "/bin/sh",
            ["-c", "trap '' INT TERM HUP; read word; [ \"$word\" = released ] || kill -INT \"$1\" 2>/dev/null", "sh", pid],
            keepInput: true);
    }

    private async Task ReleaseWatchdogAsync()
    {
        if (_watchdog is { } watchdog)
        {
            try
            {
                await watchdog.StandardInput.WriteLineAsync("released");
                watchdog.StandardInput.Close();
            }
            catch (IOException)
            {
                // Somebody ended the watchdog; the server is stopped already.
            }

            watchdog.Dispose();
        }
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancel);
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Name } } };
        if (await find.ExecuteScalarAsync(cancel) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Name}", connection);
            await create.ExecuteNonQueryAsync(cancel);
        }
    }

    private Task<(int Code, string Output)> ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        ServerCommand.RunAsync(_account, Options.Folder, Binaries.Program("pg_ctl"), ["-D", Data, .. arguments], cancel);

    private static string LastLines(string log) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(10)) : "";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed record PrivateServerOptions
{
    /// <summary>Holds the cluster, its password and its log; made when it is missing. Given to the server's account when this is root.</summary>
    public required string Folder { get; init; }

    /// <summary>Server settings beside or instead of ours; values without blanks.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
