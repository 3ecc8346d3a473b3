using JobForge.Contracts.Ids;
using JobForge.Gateway;
using JobForge.Gateway.Http;
using JobForge.Silo.Execution;
using JobForge.Storage.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Hosting;

/// <summary>The all-in-one process: store, engine, execution host and gateway in one host. Dispose it to close the store.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private readonly OpenedStore _store;
    private bool _hasParts;

    private SiloHost(WebApplication app, OpenedStore store)
    {
        App = app;
        _store = store;
    }

    public WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    /// <summary>Where the gateway listens, once started.</summary>
    public Uri Address => new(App.Urls.First());

    /// <param name="customize">Adds to the composition, e.g. the demo's own handlers, or takes another part in the place of one of its own.</param>
    /// <exception cref="StartRefusedException">A secret is missing or the configuration is wrong.</exception>
    public static async Task<SiloHost> BuildAsync(SiloOptions options, Action<IServiceCollection>? customize = null)
    {
        Directory.CreateDirectory(options.DataPath);
        var secrets = new Secrets(options, RandomSource.Secure);
        var ids = new IdSource(TimeProvider.System, RandomSource.Secure);
        var gateway = Gateway(options, secrets);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ConfigureWeb(builder, options, gateway);
        builder.Services.AddClockAndChance().AddAdmission(options, secrets, gateway.KeyPepper.ToArray());
        builder.Services.AddHandlers(options).AddGrainEngine().AddExecution(options.Execution).AddJobForgeGateway(gateway);

        var store = await OpenedStore.OpenAsync(options.Store, options.DataPath, TimeProvider.System, ids);
        try
        {
            builder.Services.AddStore(store.Store, new FileArtifactStore(Path.Combine(options.DataPath, "artifacts"), ids), options.Environment);
            customize?.Invoke(builder.Services);
            var app = builder.Build();
            app.MapJobForgeGateway();
            return new SiloHost(app, store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancel = default)
    {
        // All parts are made before any is started: a host that fails over the making cannot be stopped, and would hide why behind that.
        _ = Services.GetServices<IHostedService>().Count();
        _hasParts = true;
        await App.StartAsync(cancel);
    }

    /// <summary>Stops in order: no new requests, running handlers finish or give their attempts back, rows are released.</summary>
    public Task StopAsync(CancellationToken cancel = default) => App.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (_hasParts && !App.Lifetime.ApplicationStopped.IsCancellationRequested)
        {
            // The store must not close under running parts.
            await App.StopAsync();
        }

        await App.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>How long a stop may take: the drain, handlers that are slow to stop, and the last writes.</summary>
    internal static TimeSpan ShutdownTimeout(ExecutionOptions options) => options.DrainPeriod + options.StopGrace + TimeSpan.FromSeconds(5);

    private static GatewayOptions Gateway(SiloOptions options, Secrets secrets)
    {
        var gateway = new GatewayOptions { KeyPepper = secrets.KeyPepper() };
        var perSecond = WholeNumber.Read(options.Environment, "JOBFORGE_REQUESTS_PER_SECOND", "requests", 1, 1_000_000) ?? gateway.RequestsPerSecond;
        return gateway with { RequestsPerSecond = perSecond, RequestBurst = 2 * perSecond };
    }

    private static void ConfigureWeb(WebApplicationBuilder builder, SiloOptions options, GatewayOptions gateway)
    {
        builder.WebHost.UseUrls(options.Urls).ConfigureKestrel(kestrel => kestrel.ApplyGatewayLimits(gateway));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout(options.Execution));
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(options.Quiet ? LogLevel.Warning : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    }
}
