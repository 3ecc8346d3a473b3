using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JobForge.Process.Tests.Drive;

/// <summary>
/// A web site on loopback with a page for each run, /NAME, which is held back until the test lets it go. A held page is answered before the scan's own
/// patience is over, with a link to a further one, so that the scan goes on and its run lasts as long as the test wants (a minute and more).
/// </summary>
internal sealed class GatedSite : IAsyncDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0);

    private int _scans;

    private GatedSite(WebApplication app) => _app = app;

    /// <summary>Handlers that were begun: each asks for robots.txt once, first of all.</summary>
    public int Scans => Volatile.Read(ref _scans);

    /// <summary>Names whose page was asked for at least once.</summary>
    public IReadOnlyCollection<string> Asked => [.. _gates.Where(gate => gate.Value.Asked > 0).Select(gate => gate.Key)];

    public static async Task<GatedSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new GatedSite(app);
        app.Run(site.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public Uri Page(string name) => new(new Uri(_app.Urls.First()), name);

    /// <summary>Requests for the name's pages so far.</summary>
    public int AsksOf(string name) => Of(name).Asked;

    /// <summary>Ends when so many names were asked for: so many runs have begun.</summary>
    public Task BegunAsync(int names) => UntilAsync(() => Asked.Count >= names, () => $"{Asked.Count} of {names} runs have begun");

    public Task BegunAsync(string name) => UntilAsync(() => AsksOf(name) > 0, () => $"the run of {name} has not begun");

    /// <summary>Ends when the client that waited for the page has hung up.</summary>
    public Task GivenUpAsync(string name) => UntilAsync(() => Of(name).GivenUp > 0, () => $"nobody hung up on {name}");

    /// <summary>From now on the name's pages are answered at once, without a further link.</summary>
    public void Release(string name) => Of(name).Open.TrySetResult();

    public void Release(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Release(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Release(_gates.Keys);
        await _app.DisposeAsync();
    }

    private Gate Of(string name) => _gates.GetOrAdd(name, _ => new Gate());

    private async Task UntilAsync(Func<bool> reached, Func<string> story)
    {
        while (!reached())
        {
            (await _changed.WaitAsync(TimeSpan.FromSeconds(90))).ShouldBeTrue(story());
        }

        // Whoever else waits looks too.
        _changed.Release();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var parts = http.Request.Path.Value!.Trim('/').Split('/');
        if (parts[0] is "" or "robots.txt" or "sitemap.xml" || !HttpMethods.IsGet(http.Request.Method))
        {
            Interlocked.Add(ref _scans, parts[0] is "robots.txt" ? 1 : 0);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var gate = Of(parts[0]);
        Interlocked.Increment(ref gate.Asked);
        _changed.Release();
        try
        {
            await gate.Open.Task.WaitAsync(LongestAnswer, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            http.RequestAborted.ThrowIfCancellationRequested();
            var depth = parts.Length == 1 ? 0 : int.Parse(parts[1]);
            var link = gate.Open.Task.IsCompleted ? "" : $"<a href=\"/{parts[0]}/{depth + 1}\">more</a>";
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync($"<!DOCTYPE html><html lang=\"en\"><head><title>{parts[0]}</title></head><body><h1>Page</h1>{link}</body></html>", http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref gate.GivenUp);
            _changed.Release();
        }
    }

    private sealed class Gate
    {
        public int Asked;
        public int GivenUp;

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
