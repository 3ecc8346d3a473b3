using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Sqlite.Rows;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteJobStore(SqliteWriter writer, SqliteReaders readers, OpenEpochs openEpochs) : IJobStore
{
    public Task<IReadOnlyList<Admission>> AdmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancel)
    {
        var admissions = jobs.Select(job => new JobAdmission(job)).ToArray();
        return writer.RunAsync<IReadOnlyList<Admission>>(session => Array.ConvertAll(admissions, admission => admission.Write(session, openEpochs)), jobs.Count, cancel);
    }

    public Task<bool> StartAsync(RunFence fence, DateTimeOffset startedAt, CancellationToken cancel) =>
        ChangeAsync(session => session.Use("jobs/start").Add(startedAt).AddFence(fence).Run(), cancel);

    public Task<bool> FinishAsync(FinishedRun run, CancellationToken cancel)
    {
        // Written as JSON on the caller's thread: the writer's time is what everybody shares.
        var manifest = ManifestJson.Serialize(run.Manifest);
        return writer.RunAsync(session => Finish(session, run, manifest), weight: 2, cancel);
    }

    public Task<bool> RequeueAsync(RequeuedRun run, CancellationToken cancel) =>
        writer.RunAsync(session => Requeue(session, run), weight: 2, cancel);

    public Task<bool> RequestCancelAsync(RunFence fence, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(session => session.Use("jobs/request_cancel").Add(at).AddFence(fence).Run(), cancel);

    public Task<bool> RescheduleAsync(RunFence fence, NewTime time, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(
            session => session.Use("jobs/reschedule")
                .Add(time.RunAt).Add(time.WaitUntil).Add(time.ExpiresAt).Add(time.DeadlineAt).Add(at).AddFence(fence).Run(),
            cancel);

    public Task<bool> SaveProgressAsync(RunFence fence, JobProgress progress, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(session => session.Use("jobs/save_progress").AddJson(progress).Add(at).AddFence(fence).Run(), cancel);

    public Task<StoredJob?> FindAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("jobs/find").Add(tenant.Value).Add(id.Value).First(JobRows.Read), cancel);

    public Task<int> CountQueuedAsync(TenantId tenant, int atMost, CancellationToken cancel) =>
        readers.RunAsync(session => session.Use("jobs/count_queued").Add(tenant.Value).Add(atMost).First(row => row.Int32(0)), cancel);

    private Task<bool> ChangeAsync(Func<SqliteSession, int> change, CancellationToken cancel) =>
        writer.RunAsync(session => change(session) == 1, weight: 1, cancel);

    private static bool Finish(SqliteSession session, FinishedRun run, byte[] manifest)
    {
        var row = run.Row;
        var moved = session.Use("jobs/finish")
            .Add(row.Status.Word()).Add(row.StatusReason).Add(row.Attempts).AddJson(row.Progress).Add(row.StartedAt).Add(row.UpdatedAt)
            .Add(row.Result).AddJson(row.Error).Add(row.FinishedAt).Add(run.Worker).AddUtf8(manifest)
            .AddFence(run.Fence)
            .Run();
        if (moved == 0)
        {
            return session.Use("jobs/is_finished").Add(row.TenantId.Value).Add(row.Id.Value).Add(row.Attempts).Add(row.Status.Word()).First(_ => true);
        }

        session.Use("jobs/leave_queue").Add(row.Id.Value).Run();
        if (run.Audit is { } audit)
        {
            AuditRows.Append(session, audit);
        }

        return true;
    }

    private static bool Requeue(SqliteSession session, RequeuedRun run)
    {
        var attempt = run.Attempt;
        var changed = session.Use("jobs/requeue")
            .Add(run.Reason).Add(run.Attempts).Add(run.WaitUntil).Add(attempt.StartedAt).Add(attempt.FinishedAt ?? run.WaitUntil)
            .AddFence(run.Fence)
            .Run();
        if (changed == 0)
        {
            return false;
        }

        session.Use("jobs/add_attempt")
            .Add(attempt.Number).Add(attempt.Worker).Add(attempt.StartedAt).Add(attempt.FinishedAt).Add(attempt.Outcome).AddJson(attempt.Error)
            .Add(attempt.JobId.Value)
            .Run();
        return true;
    }
}
