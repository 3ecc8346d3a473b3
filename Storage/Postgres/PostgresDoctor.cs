using System.Globalization;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>
/// The doctor's reads, on two connections at most that may only read, and see all tenants: as the engine, since readers see one tenant each. A statement that
/// takes longer than a few seconds is broken off.
/// </summary>
public sealed class PostgresDoctor : IStoreDoctor, IAsyncDisposable
{
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _reads;
    private readonly PostgresSources _sources;
    private readonly bool _ownsSources;

    private PostgresDoctor(PostgresSources sources, bool ownsSources)
    {
        _sources = sources;
        _ownsSources = ownsSources;
        _reads = Reads(sources);
    }

    /// <summary>Of a running process's store.</summary>
    internal PostgresDoctor(PostgresSources sources)
        : this(sources, ownsSources: false)
    {
    }

    /// <summary>Beside whatever runs on the database; it opens no epoch and changes no schema.</summary>
    public static PostgresDoctor Connect(PostgresStoreOptions options) => new(new PostgresSources(options), ownsSources: true);

    /// <summary>Every statement names an index that gives its order; a plan that sorts or scans would read more than its page.</summary>
    internal static NpgsqlDataSource Reads(PostgresSources sources) => sources.Create(
        "doctor", PostgresSources.EngineRole, connections: 2, StatementTimeout,
        ("default_transaction_read_only", "on"), ("enable_seqscan", "off"), ("enable_bitmapscan", "off"), ("enable_sort", "off"), ("jit", "off"));

    public async Task<DoctorScene> SceneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var newest = SqlTexts.Postgres.Migrations[^1].Number;
        if (await AppliedAsync(cancel) is var applied && applied != newest)
        {
            throw new InvalidOperationException($"The database has schema {applied}; this version knows {newest}. Start a process of this version first, or use the doctor of the other.");
        }

        var rows = await _reads.RowsAsync(
            "ask the clock",
            new PostgresStatement("doctor/scene").Add(now),
            row => (Time: row.Time(0), Epoch: row.IsDBNull(1) ? null : new LiveEpoch(row.GetInt64(1), row.GetString(2))),
            cancel);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var missing = await _reads.RowsAsync("look for partitions", new PostgresStatement("upkeep/missing_days").Add(today).Add(today.AddDays(1)), row => row.GetInt64(0), cancel);
        return new DoctorScene(rows[0].Time, [.. rows.Select(row => row.Epoch).OfType<LiveEpoch>()], (int)missing[0]);
    }

    public async Task<IReadOnlyList<DoctorRow>> LookAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel) =>
        await _reads.RowsAsync("run the check " + statement, Bind(statement, values), row => new DoctorRow(row.TextOrNull(0), row.GetString(1), row.TextOrNull(2)), cancel);

    public Task<IReadOnlyList<DoctorRun>> RunsAsync(string statement, IReadOnlyList<object> values, CancellationToken cancel) =>
        _reads.CallAsync<IReadOnlyList<DoctorRun>>(
            "read jobs for the doctor",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
                var runs = await PostgresCalls.RowsAsync(connection, Bind(statement, values), Read, cancel);
                Guid[] hashes = [.. runs.Select(run => run.KeyHash).OfType<Guid>()];
                var owners = hashes.Length == 0
                    ? []
                    : (await PostgresCalls.RowsAsync(connection, new PostgresStatement("jobs/find_keys").Add(hashes), row => (Hash: row.GetGuid(0), Job: row.GetGuid(1)), cancel))
                        .ToDictionary(key => key.Hash, key => new JobId(key.Job));
                return [.. runs.Select(run => run.KeyHash is { } hash && owners.TryGetValue(hash, out var job) ? run with { KeyLeadsTo = job } : run)];
            },
            cancel);

    public async Task<IReadOnlyList<JobId>> AbsentAsync(IReadOnlyList<JobId> ids, CancellationToken cancel) =>
        await _reads.RowsAsync(
            "look for jobs", new PostgresStatement("doctor/absent").Add([.. ids.Select(id => id.Value)]), row => JobId.Parse(row.GetString(1), CultureInfo.InvariantCulture), cancel);

    public Task<bool> RepairAsync(string statement, IReadOnlyList<object> values, AuditEntry audit, CancellationToken cancel) =>
        _sources.Engine.CallAsync(
            "repair with " + statement,
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                if (await PostgresCalls.RunAsync(connection, Bind(statement, values), cancel) == 0)
                {
                    return false;
                }

                await AuditRows.AppendAsync(connection, [audit], cancel);
                await transaction.CommitAsync(cancel);
                return true;
            },
            cancel);

    public async ValueTask DisposeAsync()
    {
        await _reads.DisposeAsync();
        if (_ownsSources)
        {
            await _sources.DisposeAsync();
        }
    }

    /// <summary>0: the roles or the tables are missing.</summary>
    private async Task<int> AppliedAsync(CancellationToken cancel)
    {
        try
        {
            return (await _reads.RowsAsync("look at the schema", new PostgresStatement("doctor/schema"), row => row.GetInt32(0), cancel))[0];
        }
        catch (Exception missing) when (missing is StoreRejectedException or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable })
        {
            return 0;
        }
    }

    private static DoctorRun Read(NpgsqlDataReader row) => new()
    {
        Tenant = new TenantId(row.GetString(0)),
        Id = new JobId(row.GetGuid(1)),
        KeyHash = row.TextOrNull(3) is { } key ? new Guid(KeyHash.Of(row.GetString(0), row.GetString(2), key), bigEndian: true) : null,
        Inputs = row.Json(4),
        InputsDigest = row.GetString(5),
        InputsHash = new Guid(KeyHash.Of(row.GetString(5)), bigEndian: true),
        Outputs = row.JsonOrNull(6),
    };

    private static PostgresStatement Bind(string statement, IReadOnlyList<object> values) => values.Aggregate(
        new PostgresStatement(statement),
        (bound, value) => value switch
        {
            Guid id => bound.Add((Guid?)id),
            string text => bound.Add(text),
            int number => bound.Add((int?)number),
            DateTimeOffset time => bound.Add((DateTimeOffset?)time),
            DateOnly day => bound.Add((DateOnly?)day),
            _ => throw new ArgumentException($"No statement takes a {value.GetType().Name}.", nameof(values)),
        });
}
