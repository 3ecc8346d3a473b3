using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

internal sealed class PostgresJobQueue(NpgsqlDataSource source) : IJobQueue
{
    public async Task<IReadOnlyList<StoredJob>> LoadOwnedAsync(long owner, long holder, QueuePosition after, int limit, CancellationToken cancel)
    {
        var load = new PostgresStatement("queue/load_owned").Add((long?)owner).Add((long?)holder).Add((double?)after.FairTag).Add((Guid?)after.Id).Add((int?)limit);
        return await source.RowsAsync("a page of the queue", load, JobRows.Read, cancel);
    }

    public async Task<IReadOnlyList<StoredJob>> TakeReadyAsync(long epoch, int limit, CancellationToken cancel)
    {
        var take = new PostgresStatement("queue/take_ready").Add((long?)epoch).Add((int?)limit);
        var taken = await source.RowsAsync("taking ready jobs", take, JobRows.Read, cancel);
        // RETURNING promises no order.
        taken.Sort((a, b) => (a.FairTag, a.Row.Id.Value).CompareTo((b.FairTag, b.Row.Id.Value)));
        return taken;
    }

    public async Task<IReadOnlyList<StoredJob>> TakeDueAsync(long epoch, DateTimeOffset now, double fairTag, int limit, CancellationToken cancel)
    {
        var take = new PostgresStatement("queue/take_due").Add((long?)epoch).Add((double?)fairTag).Add(now).Add((int?)limit);
        var taken = await source.RowsAsync("taking due jobs", take, JobRows.Read, cancel);
        taken.Sort((a, b) => (a.Row.RunAt, a.Row.Id.Value).CompareTo((b.Row.RunAt, b.Row.Id.Value)));
        return taken;
    }

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel)
    {
        var times = await source.RowsAsync("a look at the waiting jobs", new PostgresStatement("queue/next_due"), row => row.Time(0), cancel);
        return times.Count == 0 ? null : times[0];
    }

    public Task<int> GiveBackAsync(IReadOnlyList<RunFence> fences, CancellationToken cancel)
    {
        var groups = fences.GroupBy(fence => (fence.Status, fence.OwnerEpoch, fence.HolderEpoch, fence.Attempt)).ToArray();
        return source.CallAsync(
            "giving jobs back",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var freed = 0;
                foreach (var group in groups)
                {
                    var statement = new PostgresStatement("queue/give_back").Add([.. group.Select(fence => fence.JobId.Value)]).AddSharedFence(group.First());
                    freed += (await PostgresCalls.RowsAsync(connection, statement, row => row.GetInt32(0), cancel))[0];
                }

                await transaction.CommitAsync(cancel);
                return freed;
            },
            cancel);
    }

    public async Task<IReadOnlyList<JobId>> CancelRequestsAsync(long holder, CancellationToken cancel) =>
        await source.RowsAsync("a look at cancel requests", new PostgresStatement("queue/cancel_requests").Add((long?)holder), row => new JobId(row.GetGuid(0)), cancel);

    public async Task<double?> LeastTagAsync(CancellationToken cancel) =>
        (await source.RowsAsync("a look at the heads of the queue", new PostgresStatement("queue/least_tag"), row => row.IsDBNull(0) ? (double?)null : row.GetDouble(0), cancel))[0];

    public async Task<IReadOnlyDictionary<int, double>> LastTagsAsync(TenantId tenant, int look, CancellationToken cancel)
    {
        var find = new PostgresStatement("queue/last_tags").Add(tenant.Value).Add((int?)look);
        var flows = await source.RowsAsync("a look at a tenant's last tags", find, row => (Priority: row.GetInt32(0), Tag: row.GetDouble(1)), cancel);
        return flows.ToDictionary(flow => flow.Priority, flow => flow.Tag);
    }
}
