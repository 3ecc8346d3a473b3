using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Demo;

/// <summary>
/// A small web site on loopback with planted faults, so that scans have a real target where there is no network. Served over http and, with a
/// self-signed certificate that has ten days left, over https; both on ports that the system chooses.
/// </summary>
public sealed class DemoSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private int _forbiddenRequests;

    private DemoSite(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    public Uri HttpUrl => UrlOf("http");

    public Uri HttpsUrl => UrlOf("https");

    /// <summary>How often a page below <c>/private</c>, which robots.txt forbids, was asked for.</summary>
    public int ForbiddenRequests => Volatile.Read(ref _forbiddenRequests);

    /// <param name="time">Dates the certificate.</param>
    public static async Task<DemoSite> StartAsync(TimeProvider time, CancellationToken cancel)
    {
        var certificate = MakeCertificate(time.GetUtcNow());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        var site = new DemoSite(app, certificate);
        app.Run(site.AnswerAsync);
        await app.StartAsync(cancel);
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.StartsWith("/private", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _forbiddenRequests);
        }

        if (path == "/")
        {
            // Fault: no Secure attribute.
            context.Response.Headers.SetCookie = "session=demo; Path=/; HttpOnly; SameSite=Lax";
        }

        if (DemoPages.Find(path) is not { } page)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = page.ContentType;
        await context.Response.WriteAsync(page.Text.Replace("{origin}", $"{context.Request.Scheme}://{context.Request.Host}", StringComparison.Ordinal), context.RequestAborted);
    }

    private Uri UrlOf(string scheme)
    {
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri($"{scheme}://localhost:{new Uri(addresses.Single(address => address.StartsWith(scheme + ":", StringComparison.Ordinal))).Port}/");
    }

    /// <summary>For localhost, valid since yesterday and, counted in whole days, for ten more.</summary>
    private static X509Certificate2 MakeCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10).AddHours(1));

        // A key that was never exported cannot serve TLS on every platform, hence the way through PKCS #12.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
