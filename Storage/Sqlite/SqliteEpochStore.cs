using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteEpochStore(SqliteWriter writer, OpenEpochs open) : IEpochStore
{
    public Task<long> OpenAsync(string worker, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                var epoch = session.Use("epochs/open").Add(worker).Add(now).Add(expiresAt).First(row => row.Int64(0));
                open.Add(epoch);
                return epoch;
            },
            weight: 1,
            cancel);

    public Task<bool> RenewAsync(long epoch, DateTimeOffset expiresAt, CancellationToken cancel) =>
        writer.RunAsync(session => session.Use("epochs/renew").Add(expiresAt).Add(epoch).Run() == 1, weight: 1, cancel);

    public Task CloseAsync(long epoch, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                open.Remove(epoch);
                return session.Use("epochs/close").Add(epoch).Run();
            },
            weight: 1,
            cancel);

    public Task<IReadOnlyList<long>> DeclareDeadAsync(DateTimeOffset now, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<long>>(
            session =>
            {
                session.Use("epochs/declare_dead").Add(now).All(row => row.Int64(0)).ForEach(open.Remove);
                return session.Use("epochs/dead_owners").All(row => row.Int64(0));
            },
            weight: 1,
            cancel);

    public Task<TakeOver> TakeOverAsync(long deadEpoch, long epoch, DateTimeOffset now, DateTimeOffset retryAt, int limit, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                // Also the guard of the whole act: there is no row unless the one is dead and the other open.
                var worker = session.Use("epochs/may_take_over").Add(deadEpoch).Add(epoch).First(row => row.Text(0));
                return worker is null ? new TakeOver(0, [], false) : Take(session, new Heir(deadEpoch, worker, epoch, now, retryAt), limit);
            },
            limit,
            cancel);

    private static TakeOver Take(SqliteSession session, Heir heir, int limit)
    {
        var left = session.Use("epochs/owned_jobs").Add(heir.DeadEpoch).Add(limit).All(JobRows.Read);
        var exhausted = new List<StoredJob>();
        foreach (var job in left)
        {
            if (job.Row.Status == JobStatus.Queued)
            {
                session.Use("epochs/free_queued").AddFence(job.Fence).Run();
            }
            else if (job.Row.Attempts < job.Row.MaxAttempts && job.CancelRequestedAt is null)
            {
                RequeueLost(session, heir, job);
            }
            else
            {
                session.Use("epochs/adopt_exhausted").Add(heir.Epoch).Add(heir.Now).AddFence(job.Fence).Run();
                exhausted.Add(job with { OwnerEpoch = heir.Epoch, Row = job.Row with { UpdatedAt = heir.Now } });
            }
        }

        var more = session.Use("epochs/recovered").Add(heir.DeadEpoch).Run() == 0;
        return new TakeOver(left.Count - exhausted.Count, exhausted, more);
    }

    private static void RequeueLost(SqliteSession session, Heir heir, StoredJob job)
    {
        session.Use("jobs/add_attempt")
            .Add(job.Row.Attempts).Add(heir.DeadWorker).Add(job.Row.StartedAt ?? heir.Now).Add(heir.Now).Add("lease_lost").Add((string?)null)
            .Add(job.Row.Id.Value)
            .Run();
        session.Use("epochs/requeue_lost").Add(heir.RetryAt).Add(heir.Now).AddFence(job.Fence).Run();
    }

    /// <summary>Who takes over from whom, and when.</summary>
    private sealed record Heir(long DeadEpoch, string DeadWorker, long Epoch, DateTimeOffset Now, DateTimeOffset RetryAt);
}
