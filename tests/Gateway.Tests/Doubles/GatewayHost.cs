using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Gateway.Http;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobForge.Gateway.Tests.Doubles;

/// <summary>The gateway on a real socket, over rows and grains in memory. Two tenants: acme and rival.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Acme = "acme";
    public const string Rival = "rival";
    private static readonly byte[] Pepper = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    private readonly WebApplication _app;
    private readonly Capture _log = new();

    private GatewayHost(TimeProvider? time, Func<GatewayOptions, GatewayOptions>? configure)
    {
        var options = new GatewayOptions { KeyPepper = Pepper };
        options = configure is null ? options : configure(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ApplyGatewayLimits(options);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<IReadModel>(Rows).AddSingleton<IArtifactStore>(Artifacts).AddSingleton(Grains.Factory());
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddJobForgeGateway(options);
        _app = builder.Build();
        _app.MapJobForgeGateway();
    }

    public FakeRows Rows { get; } = new();

    public FakeGrains Grains { get; } = new();

    public FakeArtifacts Artifacts { get; } = new();

    public Uri Root => new(_app.Urls.First());

    public IEnumerable<string> LogLines => _log.Lines;

    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public static async Task<GatewayHost> StartAsync(TimeProvider? time = null, Func<GatewayOptions, GatewayOptions>? configure = null)
    {
        var host = new GatewayHost(time, configure);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>Makes a key and answers its text.</summary>
    public string Key(ApiKeyRole role, string? tenant = Acme)
    {
        var (keyId, text) = ApiKeyText.Make(RandomSource.Secure);
        var owner = role == ApiKeyRole.Operator || tenant is null ? (TenantId?)null : new TenantId(tenant);
        Rows.Keys[keyId] = new(keyId, owner, role.Word(), "test", ApiKeyText.Hash(Pepper, text), Sample.Now);
        return text;
    }

    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = Root };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public HttpClient Client(ApiKeyRole role, string? tenant = Acme) => Client(Key(role, tenant));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Capture : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
