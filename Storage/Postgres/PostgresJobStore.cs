using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Postgres.Jobs;
using JobForge.Storage.Postgres.Rows;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

internal sealed class PostgresJobStore(NpgsqlDataSource source, OwnEpochs own, PostgresJobLanes lanes) : IJobStore, IAsyncDisposable
{
    private readonly GroupCommit<AdmissionCall, IReadOnlyList<Admission>> _admissions =
        new(source, new GroupCommitOptions(lanes.Admissions, lanes.Cap, "admissions"), AdmissionWriter.WriteAsync);

    private readonly GroupCommit<Ending, bool> _endings = new(source, new GroupCommitOptions(lanes.Endings, lanes.Cap, "ends of jobs"), FinishWriter.WriteAsync);

    private readonly GroupCommit<PostgresStatement, bool> _changes = new(source, new GroupCommitOptions(lanes.Changes, lanes.ChangeCap, "changes of jobs"), ChangeWriter.WriteAsync);

    public Task<IReadOnlyList<Admission>> AdmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancel) =>
        _admissions.RunAsync(new AdmissionCall(jobs), jobs.Count, cancel);

    public Task<bool> FinishAsync(FinishedRun run, CancellationToken cancel)
    {
        var ended = _endings.RunAsync(Ending.Of(run), weight: 1, cancel);
        return own.IsForeign(run.Fence.HolderEpoch) ? TellHolderAsync(ended, run.Row.Id, cancel) : ended;
    }

    public Task<bool> StartAsync(RunFence fence, DateTimeOffset startedAt, CancellationToken cancel) =>
        ChangeAsync(new PostgresStatement("jobs/start").AddFence(fence).Add(startedAt), cancel);

    public Task<bool> RequeueAsync(RequeuedRun run, CancellationToken cancel)
    {
        var attempt = run.Attempt;
        return ChangeAsync(
            new PostgresStatement("jobs/requeue").AddFence(run.Fence).Add(run.Reason).Add((int?)run.Attempts).Add(run.WaitUntil)
                .Add((int?)attempt.Number).Add(attempt.Worker).Add(attempt.StartedAt).Add(attempt.FinishedAt).Add(attempt.Outcome).AddJson(attempt.Error),
            cancel);
    }

    public Task<bool> RequestCancelAsync(RunFence fence, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(new PostgresStatement("jobs/request_cancel").AddFence(fence).Add(at).Add((bool?)own.IsForeign(fence.HolderEpoch)), cancel);

    public Task<bool> RescheduleAsync(RunFence fence, NewTime time, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(
            new PostgresStatement("jobs/reschedule").AddFence(fence).Add(time.RunAt).Add(time.WaitUntil).Add(at).Add((bool?)own.IsForeign(fence.HolderEpoch))
                .Add(time.ExpiresAt).Add(time.DeadlineAt),
            cancel);

    public Task<bool> SaveProgressAsync(RunFence fence, JobProgress progress, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(new PostgresStatement("jobs/save_progress").AddFence(fence).AddJson(progress).Add(at), cancel);

    public async Task<StoredJob?> FindAsync(TenantId tenant, JobId id, CancellationToken cancel)
    {
        var find = new PostgresStatement("jobs/find").Add(tenant.Value).Add((Guid?)id.Value).Add(IdTimes.NotBefore(id));
        return (await source.RowsAsync("a look-up of a job", find, JobRows.Read, cancel)).FirstOrDefault();
    }

    public async Task<int> CountQueuedAsync(TenantId tenant, int atMost, CancellationToken cancel)
    {
        var count = new PostgresStatement("jobs/count_queued").Add(tenant.Value).Add((int?)atMost);
        return (await source.RowsAsync("a count of queued jobs", count, row => row.GetInt32(0), cancel))[0];
    }

    public async ValueTask DisposeAsync()
    {
        await _admissions.DisposeAsync();
        await _endings.DisposeAsync();
        await _changes.DisposeAsync();
    }

    /// <summary>Somebody ended a job that another process has in its memory: it should not start it.</summary>
    private async Task<bool> TellHolderAsync(Task<bool> ended, JobId job, CancellationToken cancel)
    {
        if (!await ended)
        {
            return false;
        }

        try
        {
            await source.RowsAsync("telling of an end", new PostgresStatement("jobs/tell").Add((Guid?)job.Value), _ => true, cancel);
        }
        catch (StoreUnavailableException)
        {
            // It is a hint; the job has ended, and the fence says so to whoever starts it.
        }

        return true;
    }

    private Task<bool> ChangeAsync(PostgresStatement change, CancellationToken cancel) => _changes.RunAsync(change, weight: 1, cancel);
}

/// <summary>Connections that write at the same time, and rows a transaction, for each kind of write.</summary>
internal sealed record PostgresJobLanes
{
    public int Admissions { get; init; } = 2;

    public int Endings { get; init; } = 2;

    public int Changes { get; init; } = 1;

    public int Cap { get; init; } = 1_000;

    public int ChangeCap { get; init; } = 250;
}
