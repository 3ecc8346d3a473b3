using System.Data;
using JobForge.Contracts.Flags;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>
/// The registry's rows and their version. SQL triggers move the version, so plain SQL is noticed, and tell those who listen. The version is answered
/// from memory until something was heard, and read again now and then, should a hint have been lost.
/// </summary>
internal sealed class PostgresRegistryStore : IRegistryStore, IDisposable
{
    /// <summary>A tenth of a query a second; an idle process may afford less than one in all.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _engine;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private long _version;
    private long _readAt;
    private volatile bool _stale = true;

    public PostgresRegistryStore(NpgsqlDataSource engine, IStoreSignals signals, TimeProvider time)
    {
        (_engine, _time) = (engine, time);
        signals.Received += signal =>
        {
            if (signal.Kind is StoreSignalKind.RegistryChanged or StoreSignalKind.LookAtEverything)
            {
                LookAgain();
            }
        };
    }

    /// <summary>The next question is answered from the table.</summary>
    public void LookAgain() => _stale = true;

    public async Task<long> VersionAsync(CancellationToken cancel)
    {
        if (!_stale && _time.GetElapsedTime(Volatile.Read(ref _readAt)) < Trust)
        {
            return Volatile.Read(ref _version);
        }

        await _gate.WaitAsync(cancel);
        try
        {
            if (_stale || _time.GetElapsedTime(_readAt) >= Trust)
            {
                // Before the read: what is heard meanwhile makes the answer stale again.
                _stale = false;
                _version = await ReadVersionAsync(cancel);
                Volatile.Write(ref _readAt, _time.GetTimestamp());
            }

            return _version;
        }
        catch
        {
            _stale = true;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>In one snapshot: the version is that of these very rows.</summary>
    public Task<RegistryRows> LoadAsync(CancellationToken cancel) =>
        _engine.CallAsync(
            "load the registry",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
                var rows = new RegistryRows
                {
                    Version = (await PostgresCalls.RowsAsync(connection, new PostgresStatement("registry/version"), row => row.GetInt64(0), cancel))[0],
                    Templates = await PostgresCalls.RowsAsync(connection, new PostgresStatement("templates/list"), RegistryReading.ReadTemplate, cancel),
                    Tenants = await PostgresCalls.RowsAsync(connection, new PostgresStatement("tenants/list"), RegistryReading.ReadTenant, cancel),
                    Pauses = await PostgresCalls.RowsAsync(connection, new PostgresStatement("pauses/list"), RegistryReading.ReadPause, cancel),
                    Flags = await FlagsAsync(connection, cancel),
                    TenantTemplates = await PostgresCalls.RowsAsync(
                        connection,
                        new PostgresStatement("tenants/list_templates"),
                        row => (RegistryReading.TenantOrNull(row, 0)!.Value, row.GetString(1), row.GetBoolean(2)),
                        cancel),
                };
                await transaction.CommitAsync(cancel);
                return rows;
            },
            cancel);

    public void Dispose() => _gate.Dispose();

    /// <summary>A flag that this version does not know (plain SQL, a newer version's) is left out.</summary>
    private static async Task<List<(Contracts.Ids.TenantId? Tenant, FeatureFlag Flag, bool Value)>> FlagsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await PostgresCalls.RowsAsync(
            connection, new PostgresStatement("flags/list"), row => (Tenant: RegistryReading.TenantOrNull(row, 0), Word: row.GetString(1), Value: row.GetBoolean(2)), cancel);
        var known = new List<(Contracts.Ids.TenantId?, FeatureFlag, bool)>();
        foreach (var row in rows)
        {
            if (FeatureFlags.TryParse(row.Word, out var flag))
            {
                known.Add((row.Tenant, flag, row.Value));
            }
        }

        return known;
    }

    private async Task<long> ReadVersionAsync(CancellationToken cancel) =>
        (await _engine.RowsAsync("read the registry's version", new PostgresStatement("registry/version"), row => row.GetInt64(0), cancel))[0];
}
