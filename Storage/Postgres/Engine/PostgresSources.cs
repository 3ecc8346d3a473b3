using System.Globalization;
using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>
/// The pools of one store, each with what its connections may do. A connection leaves the login's own rights with SET ROLE when it is opened. Pools do
/// not reset a connection on its return (that would undo the role): whoever changes a setting changes it for the transaction only.
/// </summary>
internal sealed class PostgresSources : IAsyncDisposable
{
    public const string EngineRole = "jobforge_engine";
    public const string ReaderRole = "jobforge_reader";

    /// <summary>Every read names an index that gives its order. With few rows the planner would rather scan and sort, and keep that plan for many.</summary>
    private static readonly (string Name, string Value)[] OrderedReads =
        [("enable_seqscan", "off"), ("enable_bitmapscan", "off"), ("enable_sort", "off"), ("jit", "off")];

    /// <summary>For the statements of a job's way: no plan that depends on how full the hot table was when it was made (engine notes, trap 1).</summary>
    private static readonly (string Name, string Value)[] PlanProof =
        [("enable_nestloop", "off"), ("enable_seqscan", "off"), ("plan_cache_mode", "force_generic_plan"), ("jit", "off")];

    private readonly PostgresStoreOptions _options;

    public PostgresSources(PostgresStoreOptions options)
    {
        _options = options;
        Owner = Create("owner", role: null, connections: 0, timeout: TimeSpan.FromMinutes(10));
        Listener = Create("listener", EngineRole, connections: 0, options.StatementTimeout);
        Engine = Create("engine", EngineRole, options.Connections, options.StatementTimeout, ("enable_seqscan", "off"), ("jit", "off"));
        JobWrites = Create("jobs", EngineRole, options.Connections, options.StatementTimeout, PlanProof);
        Reader = Create("reader", ReaderRole, options.Connections, options.StatementTimeout, OrderedReads);
    }

    /// <summary>The login itself, for migrations.</summary>
    public NpgsqlDataSource Owner { get; }

    /// <summary>For LISTEN: without a pool, since a connection that listens is good for nothing else.</summary>
    public NpgsqlDataSource Listener { get; }

    /// <summary>What the engine reads and writes beside the jobs' way.</summary>
    public NpgsqlDataSource Engine { get; }

    /// <summary>The batched writes of jobs.</summary>
    public NpgsqlDataSource JobWrites { get; }

    /// <summary>Sees one tenant's rows, the one that the transaction names, and nothing without.</summary>
    public NpgsqlDataSource Reader { get; }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await JobWrites.DisposeAsync();
        await Engine.DisposeAsync();
        await Listener.DisposeAsync();
        await Owner.DisposeAsync();
    }

    /// <summary>A pool of its own with these server settings.</summary>
    /// <param name="connections">At most; 0: each is opened for its one use.</param>
    /// <param name="purpose">Shown as the end of the application name in pg_stat_activity.</param>
    public NpgsqlDataSource Create(string purpose, string? role, int connections, TimeSpan timeout, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var text = new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            ApplicationName = "jobforge " + purpose,
            Options = string.Join(' ', [Option("statement_timeout", Milliseconds(timeout)), Option("lock_timeout", Milliseconds(timeout)), Option("timezone", "UTC"), .. Each(settings)]),
            // A listener asks now and then whether it is still connected; the others find out when they are used, and must cost nothing while idle.
            KeepAlive = connections > 0 ? 0 : 30,
            TcpKeepAlive = true,
            Pooling = connections > 0,
            MaxPoolSize = Math.Max(connections, 1),
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            PersistSecurityInfo = false,
            IncludeErrorDetail = false,
            // The server breaks a statement off first, so that nothing goes on there unseen.
            CommandTimeout = (int)timeout.TotalSeconds + 5,
            Timeout = 5,
        };
        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString) { Name = text.ApplicationName };
        if (role is not null)
        {
            var sql = "SET ROLE " + role;
            builder.UsePhysicalConnectionInitializer(connection => Run(connection, sql), connection => RunAsync(connection, sql));
        }

        return builder.Build();
    }

    private static List<string> Each(ReadOnlySpan<(string Name, string Value)> settings)
    {
        var options = new List<string>();
        foreach (var (name, value) in settings)
        {
            options.Add(Option(name, value));
        }

        return options;
    }

    private static string Option(string name, string value) => $"-c {name}={value}";

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
