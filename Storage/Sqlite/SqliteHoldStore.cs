using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteHoldStore(SqliteWriter writer, SqliteReaders readers) : IHoldStore
{
    public Task<HeldWork> LookAsync(DateTimeOffset now, CancellationToken cancel) =>
        readers.RunAsync(
            session => session.Use("holds/look").Add(now).First(row => new HeldWork(row.Bool(0), row.Bool(1), row.Bool(2), row.Bool(3))), cancel);

    public Task<bool> ParkAsync(ParkedJob job, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.Use("holds/park")
                .Add(job.Hold.Word()).Add(job.Hold.Reason()).Add(job.GateKey).Add(job.At).AddFence(job.Fence).Run() == 1,
            weight: 1,
            cancel);

    public Task<bool> ParkParentAsync(ParkedParent parent, CancellationToken cancel) => writer.RunAsync(session => ParkParent(session, parent), weight: 2, cancel);

    public Task<StoredJob?> WakeParentAsync(JobId parent, Taker taker, CancellationToken cancel) =>
        writer.RunAsync(session => Wake(session, parent.Value, taker), weight: 1, cancel);

    public Task<WokenParents> WakeParentsAsync(JobId? after, int look, Taker taker, CancellationToken cancel) =>
        writer.RunAsync(
            session =>
            {
                var held = session.Use("holds/held_parents").Add(after?.Value ?? Guid.Empty).Add(look).All(row => row.Guid(0));
                var woken = held.Select(id => Wake(session, id, taker)).OfType<StoredJob>().ToList();
                return new WokenParents(woken, held.Count == look ? new JobId(held[^1]) : null);
            },
            look,
            cancel);

    public Task<IReadOnlyList<PausedGroup>> PausedGroupsAsync(PausedGroup? after, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<PausedGroup>>(
            session => session.Use("holds/paused_groups").Add(after?.TemplateKey ?? "").Add(after?.Tenant.Value ?? "").Add(limit)
                .All(row => new PausedGroup(row.Text(0), new TenantId(row.Text(1)))),
            cancel);

    public Task<int> ReleasePausedAsync(PausedGroup group, double fairTag, DateTimeOffset at, int limit, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.Use("holds/release_paused")
                .AddReal(fairTag).Add(at).Add(group.TemplateKey).Add(group.Tenant.Value).Add(limit).Run(),
            limit,
            cancel);

    public Task<IReadOnlyList<GateAddress>> WaitingGatesAsync(GateAddress? after, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<GateAddress>>(
            session => session.Use("holds/waiting_gates").Add(after?.Tenant.Value ?? "").Add(after?.Key ?? "").Add(limit)
                .All(row => new GateAddress(new TenantId(row.Text(0)), row.Text(1))),
            cancel);

    public Task<IReadOnlyList<GateAddress>> WaitingGatesOfAsync(TenantId tenant, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<GateAddress>>(
            session => session.Use("holds/waiting_gates_of").Add(tenant.Value).Add(limit).All(row => new GateAddress(tenant, row.Text(0))), cancel);

    // The writer's one transaction at a time is the lock of every gate.
    public Task<GateOpening> OpenGateAsync(GateVisit visit, CancellationToken cancel) =>
        writer.RunAsync(session => GateOpener.Open(session, visit), visit.Limit, cancel);

    public Task<IReadOnlyList<StoredJob>> ExpiredAsync(long holder, DateTimeOffset now, int limit, CancellationToken cancel) =>
        readers.RunAsync<IReadOnlyList<StoredJob>>(
            session => session.Use("holds/expired").Add(now).Add(holder).Add(limit).All(JobRows.Read), cancel);

    private static bool ParkParent(SqliteSession session, ParkedParent parent)
    {
        var attempt = parent.Attempt;
        var parked = session.Use("holds/park_parent")
            .Add(attempt.Number - 1).Add(parent.State).Add(attempt.StartedAt).Add(parent.At).AddFence(parent.Fence).Run() == 1;
        if (parked)
        {
            session.Use("jobs/add_attempt")
                .Add(attempt.Number).Add(attempt.Worker).Add(attempt.StartedAt).Add(attempt.FinishedAt).Add(attempt.Outcome).AddJson(attempt.Error)
                .Add(attempt.JobId.Value)
                .Run();
        }

        return parked;
    }

    private static StoredJob? Wake(SqliteSession session, Guid parent, Taker taker)
    {
        var woken = session.Use("holds/wake_parent").Add(taker.Epoch).AddReal(taker.FairTag).Add(taker.At).Add(parent).All(JobRows.Read);
        return woken.Count == 0 ? null : woken[0];
    }
}
