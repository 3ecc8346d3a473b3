using System.Diagnostics;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres;
using JobForge.Storage.Roles;
using JobForge.Storage.Tests.Conformance;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>A database of its own on the assembly's server, dropped afterwards.</summary>
public sealed class PostgresFixture : IStoreFixture
{
    private readonly List<IStore> _opened = [];
    private string? _database;

    public async Task<IStore> OpenAsync(TimeProvider time)
    {
        var store = await PostgresStore.OpenAsync(Options(await ConnectionStringAsync()), time, new IdSource(time, RandomSource.Secure));
        _opened.Add(store);
        return store;
    }

    public static PostgresStoreOptions Options(string connection) => new() { ConnectionString = connection, Connections = 8 };

    /// <summary>Of the superuser, on this fixture's database, which is made at the first call from one that is migrated already.</summary>
    public async Task<string> ConnectionStringAsync()
    {
        _database ??= await PostgresServers.NewDatabaseAsync();
        return (await PostgresServers.ServerAsync()).ConnectionString(_database);
    }

    /// <summary>Returns when every open store has heard what the statements told: hints arrive in the order of the commits.</summary>
    public async Task SqlAsync(string sql)
    {
        var mark = new JobId(new IdSource(TimeProvider.System, RandomSource.Secure).Next());
        var heard = _opened.ConvertAll(store => HeardAsync(store, mark));
        await QueryAsync($"{sql}; NOTIFY jobforge, 'job:{mark}'");
        await Task.WhenAll(heard).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public string Literal(DateTimeOffset time) => $"'{time:O}'";

    /// <summary>One value as the superuser.</summary>
    public async Task<object?> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await ConnectionStringAsync() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>As an operator would: psql, which stops at the first error.</summary>
    public async Task<string> PsqlAsync(string sql)
    {
        var server = await PostgresServers.ServerAsync();
        var connection = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync());
        var start = new ProcessStartInfo(server.Binaries.Program("psql"), ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = connection.Host,
                ["PGPORT"] = connection.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["PGUSER"] = connection.Username,
                ["PGPASSWORD"] = connection.Password,
                ["PGDATABASE"] = connection.Database,
            },
        };
        using var psql = Process.Start(start)!;
        await psql.StandardInput.WriteAsync(sql);
        psql.StandardInput.Close();
        var (output, errors) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync();
        psql.ExitCode.ShouldBe(0, await errors);
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }

        if (_database is not null)
        {
            await PostgresServers.DropDatabaseAsync(_database);
        }
    }

    private static Task HeardAsync(IStore store, JobId mark)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Signals.Received += Look;
        return heard.Task;

        void Look(StoreSignal signal)
        {
            if (signal.Job == mark)
            {
                store.Signals.Received -= Look;
                heard.TrySetResult();
            }
        }
    }
}
