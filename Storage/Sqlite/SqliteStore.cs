using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file for one process at a time. Opening it migrates the schema and, since the process lock proves that
/// no earlier process lives, declares every earlier epoch dead, so that its work is taken over at once.
/// </summary>
public sealed class SqliteStore : IStore
{
    private readonly ProcessLock _lock;
    private readonly SqliteSession _session;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly SqliteRegistryStore _registry;

    private SqliteStore(ProcessLock processLock, SqliteSession session, SqliteStoreOptions options, IdSource ids)
    {
        _lock = processLock;
        _session = session;
        _writer = new SqliteWriter(session, options.Schedule);
        _readers = new SqliteReaders(options);
        _registry = new SqliteRegistryStore(_readers, SqliteSession.Open(options.Path, readOnly: true, options.BusyTimeout));
        var tenants = new SqliteTenantStore(_writer);
        (Tenants, Templates, Audit) = (tenants, tenants, tenants);
        Events = new SqliteEventLog(_writer);
        var openEpochs = new OpenEpochs();
        Jobs = new SqliteJobStore(_writer, _readers, openEpochs);
        Queue = new SqliteJobQueue(_writer, _readers);
        Epochs = new SqliteEpochStore(_writer, openEpochs);
        Holds = new SqliteHoldStore(_writer, _readers);
        Read = new SqliteReadModel(_readers);
        RunLogs = new SqliteRunLogStore(_writer);
        EngineRows = new SqliteEngineRows(_writer, _readers, ids);
        Upkeep = new SqliteUpkeep(_writer);
        Doctor = new SqliteDoctor(_readers, _writer);
    }

    public IEventLog Events { get; }

    public IJobStore Jobs { get; }

    public IJobQueue Queue { get; }

    public IEpochStore Epochs { get; }

    public IHoldStore Holds { get; }

    public IReadModel Read { get; }

    public ITenantStore Tenants { get; }

    public ITemplateStore Templates { get; }

    public IRegistryStore Registry => _registry;

    public IAuditLog Audit { get; }

    public IRunLogStore RunLogs { get; }

    public IEngineRows EngineRows { get; }

    public IStoreSignals Signals { get; } = new NoSignals();

    public IStoreUpkeep Upkeep { get; }

    public IStoreDoctor Doctor { get; }

    /// <exception cref="StoreInUseException">Another process has this database open.</exception>
    /// <exception cref="StoreUnavailableException">The file cannot be opened or written.</exception>
    /// <exception cref="InvalidOperationException">A newer version wrote the database.</exception>
    public static Task<SqliteStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, IdSource ids, CancellationToken cancel = default) =>
        options.Schedule is null ? Task.Run(() => Open(options, time, ids), cancel) : Task.FromResult(Open(options, time, ids));

    /// <summary>Writes what was accepted, carries the log into the database file, and frees it for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _registry.Dispose();
        _readers.Dispose();
        // The last connection to close carries the whole log over.
        _session.Dispose();
        _lock.Dispose();
    }

    private static SqliteStore Open(SqliteStoreOptions options, TimeProvider time, IdSource ids)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        var processLock = ProcessLock.Take(options.Path);
        SqliteSession? session = null;
        try
        {
            session = SqliteSession.Open(options.Path, readOnly: false, options.BusyTimeout, options.Rewrite);
            session.Script(
                $"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = {(options.Durable ? "FULL" : "OFF")};
                PRAGMA foreign_keys = OFF;
                PRAGMA cache_size = -65536;
                PRAGMA wal_autocheckpoint = {options.CheckpointPages};
                """);
            SqliteMigrations.Apply(session, time.GetUtcNow());
            session.Use("epochs/declare_all_dead").Run();
            if (options.MaxPages > 0)
            {
                session.Text($"PRAGMA max_page_count = {options.MaxPages}").Run();
            }

            return new SqliteStore(processLock, session, options, ids);
        }
        catch
        {
            session?.Dispose();
            processLock.Dispose();
            throw;
        }
    }

    /// <summary>One process: nobody else could have anything to tell.</summary>
    private sealed class NoSignals : IStoreSignals
    {
        public event Action<StoreSignal>? Received
        {
            add { }
            remove { }
        }
    }
}
