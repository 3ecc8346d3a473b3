using System.Data;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>
/// Gathers what the store knows about where a job stands, in one snapshot; only what its state makes worth asking. With the engine's rights, since it
/// counts who comes first of all tenants; nothing of another tenant's but the number is answered.
/// </summary>
internal sealed class PostgresStanding
{
    private const int MostAhead = StandingFacts.MostAhead;

    private readonly NpgsqlConnection _connection;
    private readonly CancellationToken _cancel;

    private PostgresStanding(NpgsqlConnection connection, CancellationToken cancel) => (_connection, _cancel) = (connection, cancel);

    public static Task<StandingFacts?> ReadAsync(NpgsqlDataSource engine, TenantId tenant, JobId id, CancellationToken cancel) =>
        engine.CallAsync(
            "read where a job stands",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
                return await new PostgresStanding(connection, cancel).ReadAsync(tenant, id);
            },
            cancel);

    private async Task<StandingFacts?> ReadAsync(TenantId tenant, JobId id)
    {
        var find = new PostgresStatement("jobs/find").Add(tenant.Value).Add(id.Value).Add(IdTimes.NotBefore(id));
        if (await FirstAsync(find, JobRows.Read) is not { } job)
        {
            return null;
        }

        var facts = new StandingFacts { Job = job };
        return job.Row.Status.IsFinal() ? facts : await BehindAsync(await AroundAsync(facts));
    }

    /// <summary>Whose it is, and what may hold it.</summary>
    private async Task<StandingFacts> AroundAsync(StandingFacts facts)
    {
        var job = facts.Job;
        var tenant = job.Row.TenantId.Value;
        var pauses = await RowsAsync(new PostgresStatement("read/pauses_of").Add(tenant), RegistryReading.ReadPause);
        return facts with
        {
            Holder = job.OwnerEpoch is { } owner
                ? await FirstAsync(
                    new PostgresStatement("read/holder").Add((long?)owner), row => new HolderFacts(row.GetInt64(0), row.GetString(1), row.Time(2), row.GetBoolean(3)))
                : null,
            Pause = pauses.Find(pause => pause.TemplateKey is null || string.Equals(pause.TemplateKey, job.Row.TemplateKey, StringComparison.Ordinal)),
            TenantLimits = (await FirstAsync(new PostgresStatement("tenants/find").Add(tenant), RegistryReading.ReadTenant))?.Limits ?? default,
            OpenChildren = job.Hold == JobHold.Children
                ? await CountAsync(new PostgresStatement("read/open_children").Add(job.Row.Id.Value).Add(ChildRun.MostChildren))
                : 0,
        };
    }

    /// <summary>Who comes first.</summary>
    private async Task<StandingFacts> BehindAsync(StandingFacts facts)
    {
        var job = facts.Job;
        var (tenant, id) = (job.Row.TenantId.Value, job.Row.Id.Value);
        if (job.Hold == JobHold.Limit)
        {
            return facts with
            {
                AheadAtGate = await CountAsync(
                    new PostgresStatement("read/ahead_at_gate").Add(tenant).Add(job.GateKey).Add((double?)job.FairTag).Add(id).Add(MostAhead)),
                TenantPassed = await CountAsync(new PostgresStatement("holds/passed_of_tenant").Add(tenant).Add(JobLimit.MostRunning)),
                KeyPassed = await CountAsync(new PostgresStatement("holds/passed_of_key").Add(tenant).Add(job.GateKey).Add(JobLimit.MostRunning)),
            };
        }

        if (job.Row.Status != JobStatus.Queued || job.WaitUntil is not null || job.Hold is not null)
        {
            return facts;
        }

        var ahead = job.OwnerEpoch is { } owner
            ? new PostgresStatement("read/ahead").Add(tenant).Add((long?)owner)
            : new PostgresStatement("read/ahead_unowned").Add(tenant);
        var counts = await RowsAsync(ahead.Add((double?)job.FairTag).Add(id).Add(MostAhead), row => (All: row.GetInt32(0), OfTenant: row.GetInt32(1)));
        return facts with { Ahead = counts[0].All, AheadOfTenant = counts[0].OfTenant };
    }

    private async Task<int> CountAsync(PostgresStatement statement) => (await RowsAsync(statement, row => row.GetInt32(0)))[0];

    private async Task<T?> FirstAsync<T>(PostgresStatement statement, Func<NpgsqlDataReader, T> read)
        where T : class => (await RowsAsync(statement, read)).FirstOrDefault();

    private Task<List<T>> RowsAsync<T>(PostgresStatement statement, Func<NpgsqlDataReader, T> read) =>
        PostgresCalls.RowsAsync(_connection, statement, read, _cancel);
}
