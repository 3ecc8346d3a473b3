using System.Collections.Concurrent;
using JobForge.Client;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Process.Tests.Drive;

/// <summary>
/// Clients that submit an event and request a job, again and again, until the process is gone; what each asked for and what it was told is
/// remembered. Every call carries an idempotency key, so that it can be repeated afterwards.
/// </summary>
internal sealed class LoadLoop : IAsyncDisposable
{
    private const int Clients = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, EventId?> _events = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JobId?> _jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<JobId, JobRow> _ended = new();
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _clients;
    private readonly string _name;
    private readonly int _wanted;
    private int _answered;

    /// <param name="name">Starts its keys, and is its trace.</param>
    /// <param name="wanted">Jobs answered before <see cref="EnoughAsync"/> ends.</param>
    public LoadLoop(string name, JobForgeClient client, int wanted)
    {
        (_name, _wanted) = (name, wanted);
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(one => Task.Run(() => PlayAsync(client, one))));
    }

    /// <summary>Calls that got an answer.</summary>
    public int Acknowledged => _events.Values.Count(id => id is not null) + _jobs.Values.Count(id => id is not null);

    public Task EnoughAsync() => _enough.Task.WaitAsync(TimeSpan.FromSeconds(90));

    /// <summary>Stops asking; what is under way gets no answer any more.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _clients;
    }

    /// <summary>Repeats every call: what was answered before is answered the same, what was not is done now, and nothing is there twice.</summary>
    public async Task VerifyAsync(JobForgeClient client)
    {
        foreach (var chunk in _events.Chunk(Clients))
        {
            await Task.WhenAll(chunk.Select(async asked =>
            {
                var stored = (await client.SubmitEventAsync(Envelope(asked.Key), asked.Key)).Id;
                stored.ShouldBe(asked.Value ?? stored, asked.Key);
            }));
        }

        var jobs = new ConcurrentBag<JobId>();
        foreach (var chunk in _jobs.Chunk(Clients))
        {
            await Task.WhenAll(chunk.Select(async asked =>
            {
                var job = (await client.RequestJobAsync(Request(asked.Key))).Job!.Id;
                job.ShouldBe(asked.Value ?? job, asked.Key);
                jobs.Add(job);
            }));
        }

        foreach (var job in jobs)
        {
            var row = await client.WaitForCompletionAsync(job, Tenancy.Poll);
            row.Status.ShouldBe(JobStatus.Succeeded, row.Error?.Message);
        }

        (await client.ListAllEventsAsync(new EventQuery { TenantId = Tenancy.Tenant, TraceId = _name, Limit = 1000 }).Select(row => row.SubjectId!).ToListAsync())
            .ShouldBe(_events.Keys, ignoreOrder: true);
        (await client.ListAllJobsAsync(new JobQuery { TenantId = Tenancy.Tenant, TraceId = _name, Limit = 1000 }).Select(row => row.Id).ToListAsync())
            .ShouldBe(jobs, ignoreOrder: true);
        await FinalIsFinalAsync(client);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task PlayAsync(JobForgeClient client, int one)
    {
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            var key = $"{_name}-{one}-{round}";
            try
            {
                _events[key] = null;
                _events[key] = (await client.SubmitEventAsync(Envelope(key), key, _stop.Token)).Id;
                _jobs[key] = null;
                var job = (await client.RequestJobAsync(Request(key), _stop.Token)).Job!.Id;
                _jobs[key] = job;
                if (Interlocked.Increment(ref _answered) == _wanted)
                {
                    _enough.TrySetResult();
                }

                if (await client.GetJobAsync(job, _stop.Token) is { FinishedAt: not null } ended)
                {
                    _ended[job] = ended;
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException || (gone is JobForgeException { Status: null }))
            {
                return;
            }
            catch (Exception refused)
            {
                _enough.TrySetException(refused);
                return;
            }
        }
    }

    /// <summary>What a client has seen as ended stands as it was.</summary>
    private async Task FinalIsFinalAsync(JobForgeClient client)
    {
        _ended.ShouldNotBeEmpty("the load saw no job end before the kill");
        foreach (var (job, seen) in _ended)
        {
            var row = (await client.GetJobAsync(job))!;
            (row.Status, row.Attempts, row.StartedAt, row.FinishedAt, row.UpdatedAt).ShouldBe((seen.Status, seen.Attempts, seen.StartedAt, seen.FinishedAt, seen.UpdatedAt));
        }
    }

    private JobRequest Request(string key) => Tenancy.Usage(key) with { TraceId = _name };

    private EventEnvelope Envelope(string key) => new()
    {
        TenantId = Tenancy.Tenant,
        EventType = "load.test",
        SourceApp = "external",
        TraceId = _name,
        Subject = new EventSubject("load", key),
    };
}
