using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>The columns of jobs/finish: what the end of a job changes of its row, for jobs whose fences differ in their ids only.</summary>
internal sealed class FinishColumns
{
    private readonly Ids _ids = new();
    private readonly Ends _ends = new();

    public void Add(FinishedRun run, byte[] manifest)
    {
        _ids.Add(run.Fence.JobId.Value);
        _ends.Add(run, manifest);
    }

    public void AddTo(PostgresStatement statement, RunFence fence)
    {
        _ids.AddTo(statement.Command.Parameters);
        statement.AddSharedFence(fence);
        _ends.AddTo(statement.Command.Parameters);
    }

    public void Clear()
    {
        _ids.Clear();
        _ends.Clear();
    }

    private sealed class Ids : ColumnSet
    {
        private readonly Column<Guid?> _id;

        public Ids() => _id = Uuid();

        public void Add(Guid id) => _id.Add(id);
    }

    private sealed class Ends : ColumnSet
    {
        private readonly Column<string> _status, _reason, _worker;
        private readonly Column<int?> _attempts;
        private readonly Column<byte[]> _progress, _result, _error, _manifest;
        private readonly Column<DateTime?> _startedAt, _updatedAt, _finishedAt;

        public Ends()
        {
            // The order of $6 to $16.
            (_status, _reason, _attempts, _progress, _startedAt, _updatedAt) = (Text(), Text(), Integer(), Json(), Time(), Time());
            (_result, _error, _finishedAt, _worker, _manifest) = (Json(), Json(), Time(), Text(), Utf8());
        }

        public void Add(FinishedRun run, byte[] manifest)
        {
            var row = run.Row;
            _status.Add(row.Status.Word());
            _reason.Add(row.StatusReason);
            _attempts.Add(row.Attempts);
            _progress.Add(Value.JsonOf(row.Progress));
            _startedAt.Add(Value.Millis(row.StartedAt));
            _updatedAt.Add(row.UpdatedAt == row.FinishedAt ? null : Value.Millis(row.UpdatedAt));
            _result.Add(Value.Json(row.Result));
            _error.Add(Value.JsonOf(row.Error));
            _finishedAt.Add(Value.Millis(row.FinishedAt));
            _worker.Add(run.Worker);
            _manifest.Add(manifest);
        }
    }
}
