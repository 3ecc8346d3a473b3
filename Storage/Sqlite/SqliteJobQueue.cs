using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteJobQueue(SqliteWriter writer, SqliteReaders readers) : IJobQueue
{
    public Task<IReadOnlyList<StoredJob>> LoadOwnedAsync(long owner, long holder, QueuePosition after, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<StoredJob>>(
            session => session.Use("queue/load_owned").Add(owner).Add(holder).AddReal(after.FairTag).Add(after.Id).Add(limit).All(JobRows.Read), cancel);

    public async Task<IReadOnlyList<StoredJob>> TakeReadyAsync(long epoch, int limit, CancellationToken cancel)
    {
        var taken = await writer.RunAsync(session => session.Use("queue/take_ready").Add(epoch).Add(limit).All(JobRows.Read), limit, cancel);
        // RETURNING promises no order.
        taken.Sort((a, b) => (a.FairTag, a.Row.Id.Value).CompareTo((b.FairTag, b.Row.Id.Value)));
        return taken;
    }

    public async Task<IReadOnlyList<StoredJob>> TakeDueAsync(long epoch, DateTimeOffset now, double fairTag, int limit, CancellationToken cancel)
    {
        var taken = await writer.RunAsync(
            session => session.Use("queue/take_due").Add(epoch).AddReal(fairTag).Add(now).Add(limit).All(JobRows.Read), limit, cancel);
        taken.Sort((a, b) => (a.Row.RunAt, a.Row.Id.Value).CompareTo((b.Row.RunAt, b.Row.Id.Value)));
        return taken;
    }

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("queue/next_due").First(row => row.TimeOrNull(0)), cancel);

    public Task<int> GiveBackAsync(IReadOnlyList<RunFence> fences, CancellationToken cancel) =>
        writer.RunAsync(session => fences.Sum(fence => session.Use("queue/give_back").AddFence(fence).Run()), fences.Count, cancel);

    public Task<IReadOnlyList<JobId>> CancelRequestsAsync(long holder, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<JobId>>(session => session.Use("queue/cancel_requests").Add(holder).All(row => new JobId(row.Guid(0))), cancel);

    public Task<double?> LeastTagAsync(CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("queue/least_tag").First(row => row.DoubleOrNull(0)), cancel);

    public async Task<IReadOnlyDictionary<int, double>> LastTagsAsync(TenantId tenant, int look, CancellationToken cancel)
    {
        var newest = await readers.RunAsync(
            session => session.Use("queue/last_tags").Add(tenant.Value).Add(look).All(row => (Priority: row.Int32(0), Tag: row.Double(1))), cancel);
        return newest.GroupBy(job => job.Priority).ToDictionary(flow => flow.Key, flow => flow.Max(job => job.Tag));
    }
}
