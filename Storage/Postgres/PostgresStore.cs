using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>A PostgreSQL database (15 or newer) that any number of processes share. Opening it migrates the schema; epochs tell whose work is whose.</summary>
public sealed class PostgresStore : IStore
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(250);

    private readonly PostgresSources _sources;
    private readonly PostgresSignals _signals;
    private readonly PostgresRegistryStore _registry;
    private readonly PostgresTenantStore _tenants;
    private readonly PostgresEventLog _events;
    private readonly PostgresJobStore _jobs;
    private readonly PostgresRunLogStore _runLogs;
    private readonly PostgresDoctor _doctor;
    private int _disposed;

    private PostgresStore(PostgresSources sources, PostgresStoreOptions options, TimeProvider time, IdSource ids)
    {
        _sources = sources;
        _signals = new PostgresSignals(sources.Listener, time);
        _registry = new PostgresRegistryStore(sources.Engine, _signals, time);
        _tenants = new PostgresTenantStore(sources.Engine, _registry);
        _events = new PostgresEventLog(sources.Engine);
        _runLogs = new PostgresRunLogStore(sources.Engine);
        var own = new OwnEpochs();
        _jobs = new PostgresJobStore(sources.JobWrites, own, new PostgresJobLanes());
        Queue = new PostgresJobQueue(sources.JobWrites);
        Epochs = new PostgresEpochStore(sources.JobWrites, own);
        Holds = new PostgresHoldStore(sources.Engine);
        Read = new PostgresReadModel(new TenantReads(sources.Reader), sources.Engine);
        EngineRows = new PostgresEngineRows(sources.Engine, ids);
        Upkeep = new PostgresUpkeep(sources.Engine, options.DaysAhead);
        _doctor = new PostgresDoctor(sources);
    }

    public IEventLog Events => _events;

    public IJobStore Jobs => _jobs;

    public IJobQueue Queue { get; }

    public IEpochStore Epochs { get; }

    public IHoldStore Holds { get; }

    public IReadModel Read { get; }

    public ITenantStore Tenants => _tenants;

    public ITemplateStore Templates => _tenants;

    public IRegistryStore Registry => _registry;

    public IAuditLog Audit => _tenants;

    public IRunLogStore RunLogs => _runLogs;

    public IEngineRows EngineRows { get; }

    public IStoreSignals Signals => _signals;

    public IStoreUpkeep Upkeep { get; }

    public IStoreDoctor Doctor => _doctor;

    /// <exception cref="StoreUnavailableException">The server did not answer within the options' time, or refuses the login.</exception>
    /// <exception cref="InvalidOperationException">A newer version wrote the database, or the login lacks a right; the message says which.</exception>
    public static async Task<PostgresStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, IdSource ids, CancellationToken cancel = default)
    {
        var sources = new PostgresSources(options);
        try
        {
            await PrepareAsync(sources.Owner, options.ConnectTimeout, time, cancel);
            var store = new PostgresStore(sources, options, time, ids);
            await store.Upkeep.EnsureAheadAsync(time.GetUtcNow(), cancel);
            await store._signals.StartAsync(cancel);
            return store;
        }
        catch
        {
            await sources.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what was accepted, then closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _jobs.DisposeAsync();
        await _events.DisposeAsync();
        await _runLogs.DisposeAsync();
        await _tenants.DisposeAsync();
        await _doctor.DisposeAsync();
        await _signals.DisposeAsync();
        _registry.Dispose();
        await _sources.DisposeAsync();
    }

    /// <summary>Brings the schema up to date. A server that goes away meanwhile is waited for as one that is starting: what it had committed is passed over.</summary>
    private static async Task PrepareAsync(NpgsqlDataSource owner, TimeSpan bound, TimeProvider time, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            await ConnectAsync(owner, bound, time, cancel);
            try
            {
                await MigrateAsync(owner, time.GetUtcNow(), cancel);
                return;
            }
            catch (StoreUnavailableException) when (time.GetElapsedTime(start) < bound)
            {
                await Task.Delay(RetryWait, time, cancel);
            }
        }
    }

    /// <summary>Waits for a server that is starting. A refused login or a missing database is told at once.</summary>
    private static async Task ConnectAsync(NpgsqlDataSource owner, TimeSpan bound, TimeProvider time, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await owner.OpenConnectionAsync(cancel);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                var isFinal = failure is PostgresException { SqlState: not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections) };
                if (isFinal || time.GetElapsedTime(start) >= bound)
                {
                    throw PostgresErrors.Describe(failure, "open the store");
                }
            }

            await Task.Delay(RetryWait, time, cancel);
        }
    }

    private static async Task MigrateAsync(NpgsqlDataSource owner, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            await PostgresMigrations.ApplyAsync(owner, now, cancel);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException($"The schema could not be brought up to date: {refused.MessageText}", refused);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            throw PostgresErrors.Describe(failure, "bring the schema up to date");
        }
    }
}
