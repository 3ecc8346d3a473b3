using System.Globalization;
using JobForge.Silo.Hosting;
using JobForge.Storage.Postgres.Private;
using Npgsql;

namespace JobForge.Bench;

/// <summary>The kind of store that a run measures. Each measurement gets an empty one.</summary>
public abstract class BenchStore : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>Runs a measurement on an empty store, and clears it away.</summary>
    public async Task<T> UseAsync<T>(Func<BenchPlace, Task<T>> measure)
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-bench-");
        try
        {
            var place = await MakeAsync(folder.FullName);
            var result = await measure(place);
            await ClearAsync(place);
            return result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the store has used since it was started; null when it runs within this process.</summary>
    public abstract Task<StoreUsage?> UsageAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract Task<BenchPlace> MakeAsync(string folder);

    protected abstract Task ClearAsync(BenchPlace place);

    public static async Task<BenchStore> OpenAsync(string name) => name == "postgres" ? await PostgresBenchStore.StartAsync() : new SqliteBenchStore();

    private sealed class SqliteBenchStore : BenchStore
    {
        public override string Name => "sqlite";

        public override Task<StoreUsage?> UsageAsync() => Task.FromResult<StoreUsage?>(null);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override Task<BenchPlace> MakeAsync(string folder) => Task.FromResult(new BenchPlace(folder, new StoreChoice.Sqlite()));

        protected override Task ClearAsync(BenchPlace place) => Task.CompletedTask;
    }
}

/// <param name="Folder">For artifacts, and for the file of an embedded store.</param>
public sealed record BenchPlace(string Folder, StoreChoice Store);

/// <param name="Processor">Of the server's processes, those that have ended included.</param>
/// <param name="Transactions">Commits of all databases.</param>
public sealed record StoreUsage(TimeSpan Processor, long WalBytes, long Flushes, long Transactions)
{
    public StoreUsage Since(StoreUsage earlier) =>
        new(Processor - earlier.Processor, WalBytes - earlier.WalBytes, Flushes - earlier.Flushes, Transactions - earlier.Transactions);
}

/// <summary>One PostgreSQL server for the run, fsync on, beside the load on the same processors; a database a measurement.</summary>
public sealed class PostgresBenchStore : BenchStore
{
    private readonly DirectoryInfo _folder;
    private readonly PrivateServer _server;
    private readonly NpgsqlDataSource _admin;
    private int _databases;

    private PostgresBenchStore(DirectoryInfo folder, PrivateServer server)
    {
        (_folder, _server) = (folder, server);
        _admin = NpgsqlDataSource.Create(server.ConnectionString("postgres"));
    }

    public override string Name => "postgres";

    public static async Task<PostgresBenchStore> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-bench-server-");
        // As in the measurements that the goals were set by; everything else as it is shipped.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["shared_buffers"] = "256MB", ["max_wal_size"] = "2GB" };
        return new PostgresBenchStore(folder, await PrivateServer.StartAsync(new PrivateServerOptions { Folder = folder.FullName, Settings = settings }));
    }

    /// <summary>The log's length is exact; the server's counts of flushes and transactions lag by up to a second under load, and by ten when idle.</summary>
    public override async Task<StoreUsage?> UsageAsync()
    {
        await using var command = _admin.CreateCommand(
            "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, wal_sync, (SELECT sum(xact_commit)::bigint FROM pg_stat_database) FROM pg_stat_wal");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new StoreUsage(Processor(), reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public override async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A database's own answer to a question of one number.</summary>
    public async Task<double> AskAsync(BenchPlace place, string sql)
    {
        await using var source = NpgsqlDataSource.Create(((StoreChoice.Postgres)place.Store).ConnectionString);
        await using var command = source.CreateCommand(sql);
        return Convert.ToDouble(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    protected override async Task<BenchPlace> MakeAsync(string folder)
    {
        var database = $"bench_{++_databases}";
        await RunAsync($"CREATE DATABASE {database}");
        return new BenchPlace(folder, new StoreChoice.Postgres(_server.ConnectionString(database)));
    }

    protected override async Task ClearAsync(BenchPlace place)
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync($"DROP DATABASE IF EXISTS bench_{_databases} WITH (FORCE)");
        // So that the next measurement does not pay for this one's pages.
        await RunAsync("CHECKPOINT");
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The postmaster's own time, that of its children which have ended, and that of those which live.</summary>
    private TimeSpan Processor()
    {
        var postmaster = int.Parse(File.ReadLines(Path.Combine(_folder.FullName, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        var ticks = 0L;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            ticks += TicksOf(process, postmaster);
        }

        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    private static long TicksOf(string process, int postmaster)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(process, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var isPostmaster = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture) == postmaster;
            var own = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return isPostmaster ? own + long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)
                : int.Parse(fields[1], CultureInfo.InvariantCulture) == postmaster ? own : 0;
        }
        catch (IOException)
        {
            // It ended meanwhile; its time is in the postmaster's.
            return 0;
        }
    }
}
