using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteJobQueue(SqliteWriter writer, SqliteReaders readers) : IJobQueue
{
    private const int ReleaseSlice = 2_000;

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

    public async Task<int> ReleaseAsync(long epoch, CancellationToken cancel)
    {
        var released = 0;
        int slice;
        do
        {
            slice = await writer.RunAsync(session => session.Use("queue/release").Add(epoch).Add(ReleaseSlice).Run(), ReleaseSlice, cancel);
            released += slice;
        }
        while (slice == ReleaseSlice);

        return released;
    }

    public Task<IReadOnlyList<JobId>> CancelRequestsAsync(long epoch, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<JobId>>(session => session.Use("queue/cancel_requests").Add(epoch).All(row => new JobId(row.Guid(0))), cancel);
}
