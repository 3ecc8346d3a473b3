using System.Collections.Concurrent;
using JobForge.Client;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>
/// Clients that request jobs at several processes in turn. A request that gets no answer, or UNAVAILABLE, is repeated under its key, through the next
/// door, until it has one: so everything that was asked for is acknowledged in the end, whatever happens meanwhile.
/// </summary>
internal sealed class SharedLoad : IAsyncDisposable
{
    private const int Clients = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly ConcurrentDictionary<string, JobId> _jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly SemaphoreSlim _answered = new(0);
    private readonly HttpClient _http;
    private readonly JobForgeClient[] _doors;
    private readonly string _name;
    private readonly Task _clients;

    private SharedLoad(string name, string appKey, IReadOnlyList<Uri> doors)
    {
        _name = name;
        _http = new HttpClient(new Watched(this)) { Timeout = TimeSpan.FromSeconds(30) };
        _doors = [.. doors.Select(door => new JobForgeClient(door, appKey, _http))];
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(one => Task.Run(() => PlayAsync(one))));
    }

    public static async Task<SharedLoad> StartAsync(string name, Tenancy tenancy, params SiloProcess[] silos) =>
        new(name, tenancy.AppKey, await Task.WhenAll(silos.Select(silo => silo.AddressAsync())));

    public int Acknowledged => _jobs.Count;

    /// <summary>Answers so far, by HTTP status; 0: none came.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <summary>Ends when so many more jobs were acknowledged than now.</summary>
    public async Task FurtherAsync(int jobs)
    {
        var wanted = Acknowledged + jobs;
        while (Acknowledged < wanted)
        {
            (await _answered.WaitAsync(TimeSpan.FromSeconds(90))).ShouldBeTrue($"{Acknowledged} of {wanted} jobs were acknowledged");
        }
    }

    /// <summary>Ends when that status has been seen so often.</summary>
    public Task SeenAsync(int status, int times) => Tenancy.UntilAsync(() => Task.FromResult(_statuses.GetValueOrDefault(status) >= times));

    /// <summary>Asks for nothing new; what is asked for already is repeated until it is answered.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _clients.WaitAsync(TimeSpan.FromSeconds(120));
    }

    /// <summary>Its processes are gone: what was asked for and not answered is given up.</summary>
    public async Task AbandonAsync()
    {
        await _stop.CancelAsync();
        await _giveUp.CancelAsync();
        await _clients.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Every acknowledged job ended once, well, and its key still leads to it.</summary>
    public async Task VerifyAsync(SharedDatabase database, JobForgeClient door)
    {
        await database.UntilAllEndedAsync();
        var succeeded = await database.TextAsync($"SELECT id::text FROM jobforge_finished_jobs WHERE trace_id = '{_name}' AND status = 'succeeded'");
        succeeded.ShouldBeUnique(StringComparer.Ordinal);
        _jobs.Values.Select(id => id.Value.ToString()).Except(succeeded, StringComparer.Ordinal).ShouldBeEmpty(database.Story());
        (succeeded.Count - _jobs.Count).ShouldBeLessThanOrEqualTo(Clients, "only what was under way at the end may be there without an answer");
        foreach (var (key, id) in _jobs.Take(20))
        {
            (await door.RequestJobAsync(Request(key))).Job!.Id.ShouldBe(id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _giveUp.CancelAsync();
        await _clients.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _giveUp.Dispose();
        _stop.Dispose();
    }

    private async Task PlayAsync(int one)
    {
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            var key = $"{_name}-{one}-{round}";
            if (await InsistAsync(key, one + round) is not { } job)
            {
                return;
            }

            _jobs[key] = job;
            _answered.Release();
        }
    }

    private async Task<JobId?> InsistAsync(string key, int door)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        while (true)
        {
            try
            {
                return (await _doors[door % _doors.Length].RequestJobAsync(Request(key), patience.Token)).Job!.Id;
            }
            catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
            {
                return null;
            }
            catch (JobForgeException away) when (away.Code == ErrorCode.Unavailable)
            {
                door++;
            }
        }
    }

    private JobRequest Request(string key) => Tenancy.Usage(key) with { TraceId = _name };

    private sealed class Watched(SharedLoad load) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var status = 0;
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                status = (int)response.StatusCode;
                return response;
            }
            finally
            {
                load._statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            }
        }
    }
}
