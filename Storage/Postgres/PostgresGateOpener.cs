using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>
/// One opening of a gate, inside a transaction: lock the tenant's gates, count what has passed, let the ledger decide, write what it decided. Each
/// statement has a snapshot of its own, taken after the lock, so it sees what the opening before has let through.
/// </summary>
internal sealed class PostgresGateOpener(NpgsqlConnection connection, GateVisit visit, CancellationToken cancel)
{
    private const string OfTenant = "";

    private readonly string _tenant = visit.Gate.Tenant.Value;
    private readonly string _key = visit.Gate.Key;

    public async Task<GateOpening> OpenAsync()
    {
        await RowsAsync(new PostgresStatement("holds/lock_gates").Add(_tenant), _ => true);
        if ((await RowsAsync(new PostgresStatement("holds/is_open").Add((long?)visit.Taker.Epoch), _ => true)).Count == 0)
        {
            return GateOpening.Shut;
        }

        var waiting = await RowsAsync(new PostgresStatement("holds/before_gate").Add(_tenant).Add(_key).Add(visit.Limit), JobRows.Read);
        if (waiting.Count == 0)
        {
            return GateOpening.Shut;
        }

        var ledger = await LedgerAsync();
        var passing = waiting.TakeWhile(job => ledger.TryPass(job.Row.Limit)).ToList();
        await PassAsync(passing);
        await KeepBucketsAsync(ledger);
        return new GateOpening(passing.ConvertAll(Passed), ledger.NextAt, passing.Count == visit.Limit);
    }

    private async Task<GateLedger> LedgerAsync()
    {
        var limits = visit.TenantLimits;
        var tenantPassed = limits.MaxRunning is { } most ? await CountAsync(new PostgresStatement("holds/passed_of_tenant").Add(_tenant).Add(most)) : 0;
        var keyPassed = _key.Length == 0
            ? 0
            : await CountAsync(new PostgresStatement("holds/passed_of_key").Add(_tenant).Add(_key).Add(JobLimit.MostRunning));
        var tenantBucket = limits.StartsPerMinute is null ? null : await BucketAsync(OfTenant);
        var keyBucket = _key.Length == 0 ? null : await BucketAsync(_key);
        return new GateLedger(limits, tenantPassed, tenantBucket, keyPassed, keyBucket, visit.Taker.At);
    }

    private async Task<GateBucket?> BucketAsync(string key)
    {
        var rows = await RowsAsync(new PostgresStatement("holds/find_bucket").Add(_tenant).Add(key), row => new GateBucket(row.GetDouble(0), row.Time(1)));
        return rows.Count == 0 ? null : rows[0];
    }

    private async Task PassAsync(List<StoredJob> passing)
    {
        if (passing.Count > 0)
        {
            var pass = new PostgresStatement("holds/pass").Add((long?)visit.Taker.Epoch).Add((double?)visit.Taker.FairTag).Add(visit.Taker.At)
                .Add([.. passing.Select(job => job.Row.Id.Value)]);
            await PostgresCalls.RunAsync(connection, pass, cancel);
        }
    }

    private StoredJob Passed(StoredJob job) => job with
    {
        Hold = null,
        OwnerEpoch = visit.Taker.Epoch,
        HolderEpoch = visit.Taker.Epoch,
        FairTag = Math.Max(job.FairTag, visit.Taker.FairTag),
        Row = job.Row with { StatusReason = StatusReasons.Released, UpdatedAt = visit.Taker.At },
    };

    private async Task KeepBucketsAsync(GateLedger ledger)
    {
        var keyBucket = _key.Length == 0 ? null : ledger.KeyBucket;
        await KeepAsync(OfTenant, ledger.TenantBucket);
        await KeepAsync(_key, keyBucket);
        if ((ledger.TenantBucket ?? keyBucket) is not null)
        {
            await PostgresCalls.RunAsync(connection, new PostgresStatement("holds/forget_buckets").Add(visit.Taker.At - GateBucket.FullAfter), cancel);
        }
    }

    private async Task KeepAsync(string key, GateBucket? bucket)
    {
        if (bucket is { } left)
        {
            await PostgresCalls.RunAsync(connection, new PostgresStatement("holds/keep_bucket").Add(_tenant).Add(key).Add((double?)left.Tokens).Add(left.At), cancel);
        }
    }

    private async Task<int> CountAsync(PostgresStatement statement) => (await RowsAsync(statement, row => row.GetInt32(0)))[0];

    private Task<List<T>> RowsAsync<T>(PostgresStatement statement, Func<NpgsqlDataReader, T> read) => PostgresCalls.RowsAsync(connection, statement, read, cancel);
}
