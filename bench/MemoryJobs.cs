using System.Collections.Concurrent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Roles;

namespace JobForge.Bench;

/// <summary>
/// Job rows in memory, in the place of a database, so that what the rest of the corridor costs can be seen alone. Its answers come as those of a
/// group-committing store do: from another thread, a batch at a time, a millisecond later. Owners are checked; what no benchmark calls is not there.
/// </summary>
public sealed class MemoryJobs : IJobStore, IJobQueue, IDisposable
{
    private readonly ConcurrentQueue<Write> _writes = new();
    private readonly ConcurrentDictionary<JobId, long> _owners = new();
    private readonly ConcurrentQueue<StoredJob> _ready = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly ManualResetEvent _closing = new(initialState: false);
    private int _manifestBytes;

    /// <summary>Of the last finished run.</summary>
    public int ManifestBytes => _manifestBytes;

    public MemoryJobs() => new Thread(CommitAll) { IsBackground = true, Name = "memory-jobs" }.Start();

    public void Queue(StoredJob job)
    {
        _owners[job.Row.Id] = 0;
        _ready.Enqueue(job);
    }

    public Task<IReadOnlyList<Admission>> AdmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancel)
    {
        var write = new Write<IReadOnlyList<Admission>>(() =>
        {
            var admissions = new Admission[jobs.Count];
            for (var i = 0; i < admissions.Length; i++)
            {
                admissions[i] = new Admission(AdmissionKind.Admitted, jobs[i].Job.Row);
            }

            return admissions;
        });
        return Add(write);
    }

    public Task<bool> FinishAsync(FinishedRun run, CancellationToken cancel)
    {
        // Every store does this on the caller's thread.
        _manifestBytes = ManifestJson.Serialize(run.Manifest).Length;
        return Add(new Write<bool>(() => _owners.TryRemove(KeyValuePair.Create(run.Row.Id, run.Fence.OwnerEpoch ?? 0))));
    }

    public Task<IReadOnlyList<StoredJob>> LoadOwnedAsync(long owner, long holder, QueuePosition after, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<StoredJob>>([]);

    public Task<int> GiveBackAsync(IReadOnlyList<RunFence> fences, CancellationToken cancel) => throw new NotSupportedException();

    public Task<double?> LeastTagAsync(CancellationToken cancel) => Task.FromResult<double?>(null);

    public Task<IReadOnlyDictionary<int, double>> LastTagsAsync(TenantId tenant, int look, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<int, double>>(new Dictionary<int, double>());

    public Task<IReadOnlyList<StoredJob>> TakeReadyAsync(long epoch, int limit, CancellationToken cancel)
    {
        var page = new List<StoredJob>();
        while (page.Count < limit && _ready.TryDequeue(out var job))
        {
            _owners[job.Row.Id] = epoch;
            page.Add(job with { OwnerEpoch = epoch });
        }

        return Task.FromResult<IReadOnlyList<StoredJob>>(page);
    }

    public Task<int> CountQueuedAsync(TenantId tenant, int atMost, CancellationToken cancel) => Task.FromResult(0);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => Task.FromResult<DateTimeOffset?>(null);

    public Task<IReadOnlyList<JobId>> CancelRequestsAsync(long holder, CancellationToken cancel) => Task.FromResult<IReadOnlyList<JobId>>([]);

    public Task<IReadOnlyList<StoredJob>> TakeDueAsync(long epoch, DateTimeOffset now, double fairTag, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<StoredJob>>([]);

    // The benchmark's runs end at once: none is written as running, retried, canceled or moved.
    public Task<bool> StartAsync(RunFence fence, DateTimeOffset startedAt, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RequeueAsync(RequeuedRun run, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RequestCancelAsync(RunFence fence, DateTimeOffset at, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RescheduleAsync(RunFence fence, NewTime time, DateTimeOffset at, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<bool> SaveProgressAsync(RunFence fence, JobProgress progress, DateTimeOffset at, CancellationToken cancel) => throw new NotSupportedException();

    public Task<StoredJob?> FindAsync(TenantId tenant, JobId id, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _closing.Set();
        _wake.Set();
    }

    private Task<T> Add<T>(Write<T> write)
    {
        _writes.Enqueue(write);
        if (!_wake.IsSet)
        {
            _wake.Set();
        }

        return write.Answer;
    }

    private void CommitAll()
    {
        var batch = new List<Write>();
        var isClosed = false;
        while (!isClosed)
        {
            _wake.Wait();
            _wake.Reset();
            while (batch.Count < 1_000 && _writes.TryDequeue(out var write))
            {
                batch.Add(write);
            }

            if (!_writes.IsEmpty)
            {
                _wake.Set();
            }

            batch.ForEach(write => write.Execute());
            // The flush: a millisecond, in which the next batch gathers.
            isClosed = _closing.WaitOne(1);
            batch.ForEach(write => write.Succeed());
            batch.Clear();
        }
    }

    private abstract class Write
    {
        public abstract void Execute();

        public abstract void Succeed();
    }

    private sealed class Write<T>(Func<T> body) : Write
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Answer => _answer.Task;

        public override void Execute() => _result = body();

        public override void Succeed() => _answer.SetResult(_result!);
    }
}
