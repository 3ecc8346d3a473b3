using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

/// <summary>One opening of a gate, inside the writer's transaction: count what has passed, let the ledger decide, write what it decided.</summary>
internal static class GateOpener
{
    private const string OfTenant = "";

    public static GateOpening Open(SqliteSession session, GateVisit visit)
    {
        var waiting = Waiting(session, visit);
        if (waiting.Count == 0)
        {
            return GateOpening.Shut;
        }

        var ledger = Ledger(session, visit);
        var released = new List<StoredJob>();
        foreach (var job in waiting.TakeWhile(job => ledger.TryPass(job.Row.Limit)))
        {
            released.Add(Pass(session, visit.Taker, job));
        }

        KeepBuckets(session, visit, ledger);
        return new GateOpening(released, ledger.NextAt, released.Count == visit.Limit);
    }

    private static List<StoredJob> Waiting(SqliteSession session, GateVisit visit)
    {
        var isOpen = session.Use("holds/is_open").Add(visit.Taker.Epoch).First(_ => true);
        return isOpen
            ? session.Use("holds/before_gate").Add(visit.Gate.Tenant.Value).Add(visit.Gate.Key).Add(visit.Limit).All(JobRows.Read)
            : [];
    }

    private static GateLedger Ledger(SqliteSession session, GateVisit visit)
    {
        var (tenant, key) = (visit.Gate.Tenant.Value, visit.Gate.Key);
        var tenantPassed = visit.TenantLimits.MaxRunning is { } most
            ? session.Use("holds/passed_of_tenant").Add(tenant).Add(most).First(row => row.Int32(0))
            : 0;
        var tenantBucket = visit.TenantLimits.StartsPerMinute is null ? null : Bucket(session, tenant, OfTenant);
        var keyPassed = key.Length == 0
            ? 0
            : session.Use("holds/passed_of_key").Add(tenant).Add(key).Add(JobLimit.MostRunning).First(row => row.Int32(0));
        var keyBucket = key.Length == 0 ? null : Bucket(session, tenant, key);
        return new GateLedger(visit.TenantLimits, tenantPassed, tenantBucket, keyPassed, keyBucket, visit.Taker.At);
    }

    private static GateBucket? Bucket(SqliteSession session, string tenant, string key) =>
        session.Use("holds/find_bucket").Add(tenant).Add(key).First<GateBucket?>(row => new GateBucket(row.Double(0), row.Time(1)));

    private static StoredJob Pass(SqliteSession session, Taker taker, StoredJob job)
    {
        var tag = Math.Max(job.FairTag, taker.FairTag);
        session.Use("holds/pass").Add(taker.Epoch).AddReal(tag).Add(taker.At).AddFence(job.Fence).Run();
        return job with
        {
            Hold = null,
            OwnerEpoch = taker.Epoch,
            HolderEpoch = taker.Epoch,
            FairTag = tag,
            Row = job.Row with { StatusReason = StatusReasons.Released, UpdatedAt = taker.At },
        };
    }

    private static void KeepBuckets(SqliteSession session, GateVisit visit, GateLedger ledger)
    {
        var tenant = visit.Gate.Tenant.Value;
        Keep(session, tenant, OfTenant, ledger.TenantBucket);
        Keep(session, tenant, visit.Gate.Key, visit.Gate.Key.Length == 0 ? null : ledger.KeyBucket);
        if ((ledger.TenantBucket ?? ledger.KeyBucket) is not null)
        {
            session.Use("holds/forget_buckets").Add(visit.Taker.At - GateBucket.FullAfter).Run();
        }
    }

    private static void Keep(SqliteSession session, string tenant, string key, GateBucket? bucket)
    {
        if (bucket is { } left)
        {
            session.Use("holds/keep_bucket").Add(tenant).Add(key).AddReal(left.Tokens).Add(left.At).Run();
        }
    }
}
