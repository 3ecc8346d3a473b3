using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JobForge.Process.Tests.Drive;

/// <summary>A web site on loopback whose home page is held back until the test lets it go, so that a scan of it runs for as long as the test wants.</summary>
internal sealed class HeldSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _asked = new(0);

    private HeldSite(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public static async Task<HeldSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new HeldSite(app);
        app.Run(site.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <summary>Ends when the home page is asked for once more.</summary>
    public async Task AskedAsync() => (await _asked.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue("the scan never asked for the page");

    /// <summary>From now on the page is answered at once.</summary>
    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path != "/")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        _asked.Release();
        await _released.Task.WaitAsync(http.RequestAborted);
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync("<!DOCTYPE html><html lang=\"en\"><head><title>Held</title></head><body><h1>Held</h1></body></html>", http.RequestAborted);
    }
}
