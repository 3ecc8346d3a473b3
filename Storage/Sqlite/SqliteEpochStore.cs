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
                session.Use("epochs/hold_own").Add(epoch).Run();
                open.Add(epoch);
                return epoch;
            },
            weight: 1,
            cancel);

    public Task<Renewal> RenewAsync(long epoch, DateTimeOffset now, DateTimeOffset expiresAt, bool hungry, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.Use("epochs/renew").Add(expiresAt).Add(hungry).Add(epoch).Run() == 1
                ? session.Use("epochs/look_around").Add(now).Add(epoch).First(row => new Renewal(Alive: true, row.Bool(0), row.Int32(1)))
                : default,
            weight: 1,
            cancel);

    public Task CloseAsync(long epoch, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                open.Remove(epoch);
                session.Use("epochs/close").Add(epoch).Run();
                return session.Use("epochs/forget_empty").Run();
            },
            weight: 1,
            cancel);

    public Task<IReadOnlyList<long>> DeclareDeadAsync(DateTimeOffset now, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<long>>(
            session =>
            {
                foreach (var dead in session.Use("epochs/declare_dead").Add(now).All(row => row.Int64(0)))
                {
                    open.Remove(dead);
                    session.Use("epochs/die_with_holder").Add(dead).Run();
                }

                session.Use("epochs/forget_empty").Run();
                return session.Use("epochs/heirless").All(row => row.Int64(0));
            },
            weight: 1,
            cancel);

    public Task<Inheritance> InheritAsync(long epoch, long heir, DateTimeOffset now, DateTimeOffset retryAt, int limit, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                session.Use("epochs/inherit").Add(heir).Add(epoch).Run();
                // Also the guard of the whole act: there is no row unless the heir is open and holds it now.
                var worker = session.Use("epochs/held_by").Add(epoch).Add(heir).First(row => row.Text(0));
                return worker is null
                    ? new Inheritance(Held: false, 0, [], More: false)
                    : SettleRunning(session, new Legacy(epoch, worker, heir, now, retryAt), limit);
            },
            limit,
            cancel);

    public Task<IReadOnlyList<long>> RecoveredAsync(long holder, CancellationToken cancel) =>
        writer.RunAsync<IReadOnlyList<long>>(session => session.Use("epochs/recovered").Add(holder).All(row => row.Int64(0)), weight: 1, cancel);

    private static Inheritance SettleRunning(SqliteSession session, Legacy legacy, int limit)
    {
        var running = session.Use("epochs/running_jobs").Add(legacy.Heir).Add(legacy.Epoch).Add(limit).All(JobRows.Read);
        var exhausted = new List<StoredJob>();
        foreach (var job in running)
        {
            if (job.Row.Attempts < job.Row.MaxAttempts && job.CancelRequestedAt is null)
            {
                RequeueLost(session, legacy, job);
            }
            else
            {
                exhausted.Add(job);
            }
        }

        return new Inheritance(Held: true, running.Count - exhausted.Count, exhausted, More: running.Count == limit);
    }

    private static void RequeueLost(SqliteSession session, Legacy legacy, StoredJob job)
    {
        session.Use("jobs/add_attempt")
            .Add(job.Row.Attempts).Add(legacy.Worker).Add(job.Row.StartedAt ?? legacy.Now).Add(legacy.Now).Add("lease_lost").Add((string?)null)
            .Add(job.Row.Id.Value)
            .Run();
        session.Use("epochs/requeue_lost").Add(legacy.RetryAt).Add(legacy.Now).AddFence(job.Fence).Run();
    }

    /// <summary>What is inherited from whom, by whom, when.</summary>
    private sealed record Legacy(long Epoch, string Worker, long Heir, DateTimeOffset Now, DateTimeOffset RetryAt);
}
