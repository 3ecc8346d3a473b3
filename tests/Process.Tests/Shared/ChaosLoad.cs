using System.Collections.Concurrent;
using System.Globalization;
using JobForge.Client;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>
/// Clients that ask for everything a job may wait for (a slot, a time, a gate), cancel some, and submit events; each insists under its key until it is answered.
/// The ledger holds what was acknowledged, and what a client has once seen as ended.
/// </summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    private const int Clients = 16;
    private const string Trace = "chaos";

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, JobId> _jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<JobId, bool> _canceled = new();
    private readonly ConcurrentDictionary<JobId, bool> _perhapsCanceled = new();
    private readonly ConcurrentDictionary<EventId, bool> _events = new();
    private readonly ConcurrentDictionary<JobId, string> _ended = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly JobForgeClient[] _doors;
    private readonly Task _clients;
    private int _unanswered;

    /// <param name="doors">Addresses that stay, whatever process listens on them.</param>
    public ChaosLoad(Tenancy tenancy, IEnumerable<Uri> doors)
    {
        _doors = [.. doors.Select(door => new JobForgeClient(door, tenancy.AppKey, _http))];
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(one => Task.Run(() => PlayAsync(one))));
    }

    public string Story => $"{_jobs.Count} jobs and {_events.Count} events acknowledged, {_canceled.Count} cancels, {_ended.Count} ends seen, {_unanswered} calls without an answer";

    /// <summary>A client that was refused in a way that it cannot repeat.</summary>
    public bool HasFailed => _clients.IsFaulted;

    /// <summary>Asks for nothing new; what is asked for already is repeated until it is answered.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _clients.WaitAsync(TimeSpan.FromSeconds(120));
    }

    /// <summary>Everything acknowledged is there and has ended as it must; what was seen as ended stands as it was.</summary>
    public async Task VerifyAsync(SharedDatabase database)
    {
        _jobs.Count.ShouldBeGreaterThan(50, "the load hardly ran");
        var rows = (await database.TextAsync($"SELECT {Row} FROM jobforge_finished_jobs AS job WHERE trace_id = '{Trace}'")).ToDictionary(row => JobId.Parse(row[..36], CultureInfo.InvariantCulture));
        foreach (var (key, id) in _jobs)
        {
            rows.ShouldContainKey(id, $"{key} was acknowledged");
            if (!_perhapsCanceled.ContainsKey(id))
            {
                rows[id].ShouldContain(_canceled.ContainsKey(id) ? " canceled " : " succeeded ", customMessage: $"{key}\n{database.Story()}");
            }
        }

        foreach (var (id, seen) in _ended)
        {
            rows[id].ShouldBe(seen, "an end is final");
        }

        (rows.Count - _jobs.Count).ShouldBeInRange(0, 0, "every request was insisted on until it had an answer, and made one job");
        var events = await database.TextAsync($"SELECT id::text FROM jobforge_events WHERE trace_id = '{Trace}'");
        _events.Keys.Select(id => id.Value.ToString()).Except(events, StringComparer.Ordinal).ShouldBeEmpty("events were acknowledged");
        events.Count.ShouldBe(_events.Count, "each event was insisted on under its key");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clients.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private static string Row => "id::text || ' ' || status || ' ' || attempts || ' ' || to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')";

    private async Task PlayAsync(int one)
    {
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            var (key, door) = ($"{Trace}-{one}-{round}", one + round);
            var request = Request(key, round);
            var job = await InsistAsync(door, client => client.RequestJobAsync(request));
            _jobs[key] = job!.Job!.Id;
            if (round % 10 == 4)
            {
                await CancelAsync(door, job.Job.Id);
            }

            if (round % 4 == 0)
            {
                var stored = await InsistAsync(door, client => client.SubmitEventAsync(Envelope(key), key));
                _events[stored!.Id] = true;
            }

            if (round >= 20 && round % 5 == 0)
            {
                await LookAsync(door, _jobs[$"{Trace}-{one}-{round - 20}"]);
            }
        }
    }

    /// <summary>An answered cancel wins over everything. One that is refused came too late, or is the repeat of one whose answer was lost.</summary>
    private async Task CancelAsync(int door, JobId job)
    {
        _perhapsCanceled[job] = true;
        if (await InsistAsync(door, client => client.CancelJobAsync(job)) is { } row && row.Status is not (JobStatus.Succeeded or JobStatus.Failed))
        {
            _canceled[job] = true;
            _perhapsCanceled.TryRemove(job, out _);
        }
    }

    private async Task LookAsync(int door, JobId job)
    {
        if (await InsistAsync(door, client => client.GetJobAsync(job)) is { FinishedAt: { } finished } row && row.Status.IsFinal())
        {
            _ended[job] = string.Create(CultureInfo.InvariantCulture, $"{row.Id} {row.Status.Word()} {row.Attempts} {finished.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}");
        }
    }

    private async Task<T?> InsistAsync<T>(int door, Func<JobForgeClient, Task<T>> call)
        where T : class?
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(100));
        for (; ; door++)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                return await call(_doors[door % _doors.Length]);
            }
            catch (JobForgeException late) when (late.Code == ErrorCode.Conflict)
            {
                return null;
            }
            catch (Exception away) when (away is OperationCanceledException or HttpRequestException or JobForgeException { Code: ErrorCode.Unavailable } or JobForgeException { Status: null })
            {
                Interlocked.Increment(ref _unanswered);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static JobRequest Request(string key, int round) => Tenancy.Usage(key) with
    {
        TraceId = Trace,
        // So many that no number of kills uses them up.
        MaxAttempts = 10,
        RunAt = round % 5 == 4 ? TimeProvider.System.GetUtcNow().AddSeconds(1) : null,
        Limit = round % 5 == 3 ? new JobLimit("chaos", MaxRunning: 4) : null,
    };

    private static EventEnvelope Envelope(string key) => new()
    {
        TenantId = Tenancy.Tenant,
        EventType = "load.test",
        SourceApp = "external",
        TraceId = Trace,
        Subject = new EventSubject("load", key),
    };
}
