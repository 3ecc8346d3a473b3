using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Holds are beside the jobs' common way: each act is a transaction of its own.</summary>
internal sealed class PostgresHoldStore(NpgsqlDataSource engine) : IHoldStore
{
    public async Task<HeldWork> LookAsync(DateTimeOffset now, CancellationToken cancel) =>
        (await engine.RowsAsync(
            "a look at held jobs",
            new PostgresStatement("holds/look").Add(now),
            row => new HeldWork(row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3)),
            cancel))[0];

    public Task<bool> ParkAsync(ParkedJob job, CancellationToken cancel) =>
        ChangeAsync(
            "parking a job",
            () => new PostgresStatement("holds/park").AddFence(job.Fence).Add(job.Hold.Word()).Add(job.Hold.Reason()).Add(job.GateKey).Add(job.At),
            cancel);

    public Task<bool> ParkParentAsync(ParkedParent parent, CancellationToken cancel)
    {
        var attempt = parent.Attempt;
        return ChangeAsync(
            "parking a parent",
            () => new PostgresStatement("holds/park_parent").AddFence(parent.Fence).Add((int?)(attempt.Number - 1)).Add(parent.State).Add(parent.At)
                .Add((int?)attempt.Number).Add(attempt.Worker).Add(attempt.StartedAt).Add(attempt.FinishedAt).Add(attempt.Outcome).AddJson(attempt.Error),
            cancel);
    }

    public Task<StoredJob?> WakeParentAsync(JobId parent, Taker taker, CancellationToken cancel) =>
        engine.CallAsync("waking a parent", connection => WakeAsync(connection, parent.Value, taker, cancel), cancel);

    public Task<WokenParents> WakeParentsAsync(JobId? after, int look, Taker taker, CancellationToken cancel) =>
        engine.CallAsync(
            "waking parents",
            async connection =>
            {
                var page = new PostgresStatement("holds/held_parents").Add(after?.Value ?? Guid.Empty).Add(look);
                var held = await PostgresCalls.RowsAsync(connection, page, row => row.GetGuid(0), cancel);
                var woken = new List<StoredJob>();
                foreach (var id in held)
                {
                    if (await WakeAsync(connection, id, taker, cancel) is { } parent)
                    {
                        woken.Add(parent);
                    }
                }

                return new WokenParents(woken, held.Count == look ? new JobId(held[^1]) : null);
            },
            cancel);

    public async Task<IReadOnlyList<PausedGroup>> PausedGroupsAsync(PausedGroup? after, int limit, CancellationToken cancel) =>
        await engine.RowsAsync(
            "a look at paused jobs",
            new PostgresStatement("holds/paused_groups").Add(after?.TemplateKey ?? "").Add(after?.Tenant.Value ?? "").Add(limit),
            row => new PausedGroup(row.GetString(0), new TenantId(row.GetString(1))),
            cancel);

    public Task<int> ReleasePausedAsync(PausedGroup group, double fairTag, DateTimeOffset at, int limit, CancellationToken cancel) =>
        engine.CallAsync(
            "releasing paused jobs",
            connection => PostgresCalls.RunAsync(
                connection,
                new PostgresStatement("holds/release_paused").Add((double?)fairTag).Add(at).Add(group.TemplateKey).Add(group.Tenant.Value).Add(limit),
                cancel),
            cancel);

    public async Task<IReadOnlyList<GateAddress>> WaitingGatesAsync(GateAddress? after, int limit, CancellationToken cancel) =>
        await engine.RowsAsync(
            "a look at waiting gates",
            new PostgresStatement("holds/waiting_gates").Add(after?.Tenant.Value ?? "").Add(after?.Key ?? "").Add(limit),
            row => new GateAddress(new TenantId(row.GetString(0)), row.GetString(1)),
            cancel);

    public async Task<IReadOnlyList<GateAddress>> WaitingGatesOfAsync(TenantId tenant, int limit, CancellationToken cancel) =>
        await engine.RowsAsync(
            "a look at a tenant's waiting gates",
            new PostgresStatement("holds/waiting_gates_of").Add(tenant.Value).Add(limit),
            row => new GateAddress(tenant, row.GetString(0)),
            cancel);

    public Task<GateOpening> OpenGateAsync(GateVisit visit, CancellationToken cancel) =>
        engine.CallAsync(
            "opening a gate",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var opening = await new PostgresGateOpener(connection, visit, cancel).OpenAsync();
                await transaction.CommitAsync(cancel);
                return opening;
            },
            cancel);

    public async Task<IReadOnlyList<StoredJob>> ExpiredAsync(long holder, DateTimeOffset now, int limit, CancellationToken cancel) =>
        await engine.RowsAsync(
            "a look at expired jobs", new PostgresStatement("holds/expired").Add(now).Add((long?)holder).Add(limit), JobRows.Read, cancel);

    private async Task<bool> ChangeAsync(string act, Func<PostgresStatement> change, CancellationToken cancel) =>
        await engine.CallAsync(act, connection => PostgresCalls.RunAsync(connection, change(), cancel), cancel) == 1;

    private static async Task<StoredJob?> WakeAsync(NpgsqlConnection connection, Guid parent, Taker taker, CancellationToken cancel)
    {
        var wake = new PostgresStatement("holds/wake_parent").Add((long?)taker.Epoch).Add((double?)taker.FairTag).Add(taker.At).Add(parent);
        return (await PostgresCalls.RowsAsync(connection, wake, JobRows.Read, cancel)).FirstOrDefault();
    }
}
