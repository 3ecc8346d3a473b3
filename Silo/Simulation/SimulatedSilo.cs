using JobForge.Contracts.Ids;
using JobForge.Gateway;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Jobs;
using JobForge.Grains.Tenants;
using JobForge.Runtime.Hosting;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Execution;
using JobForge.Silo.Hosting;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Silo.Simulation;

/// <summary>One process of a <see cref="SimulatedCluster"/>: what <see cref="SiloHost"/> composes, without HTTP. One start; a restart is another silo.</summary>
public sealed class SimulatedSilo
{
    private readonly SimulatedCluster _cluster;
    private ServiceProvider? _services;

    internal SimulatedSilo(SimulatedCluster cluster, SimulatedNode node) => (_cluster, Node) = (cluster, node);

    public SimulatedNode Node { get; }

    public string Name => Node.Name;

    /// <summary>True from an orderly stop on.</summary>
    public bool IsStopping { get; internal set; }

    /// <summary>True when it was started through.</summary>
    public bool IsServing { get; private set; }

    public IServiceProvider Services => _services ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>To be called on <see cref="Node"/> only, e.g. by <c>Node.InvokeAsync</c>.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IReadModel Read => Services.GetRequiredService<IReadModel>();

    public override string ToString() => Name;

    internal Task StartAsync() => Node.InvokeAsync(async () =>
    {
        _services = Compose();
        foreach (var part in _services.GetServices<IHostedService>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        IsServing = true;
    });

    internal Task StopAsync() => Node.InvokeAsync(async () =>
    {
        foreach (var part in Services.GetServices<IHostedService>().Reverse())
        {
            await part.StopAsync(CancellationToken.None);
        }
    });

    private ServiceProvider Compose()
    {
        var options = _cluster.Setup.SiloOptions(Name);
        var gateway = new GatewayOptions { KeyPepper = new Secrets(options, Node.Random).KeyPepper() };
        var services = new ServiceCollection();
        services.AddSingleton(Node.Clock).AddSingleton(Node.Random).AddSingleton<IdSource>();
        services.AddSingleton<ILoggerFactory>(new SimulatedLog(_cluster, Node)).AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddAdmission(options, new Secrets(options, Node.Random), gateway.KeyPepper.ToArray());
        services.AddSingleton<HandlerRegistry>().AddSingleton<IHandlerCatalogue, HandlerCatalogue>();
        services.AddSingleton<IEventReader, EventReader>().AddSingleton<ITenantControl, TenantControl>().AddSingleton<IDeadLetters, DeadLetters>();
        services.AddSingleton<IJobHandler, RedriveHandler>();
        foreach (var handler in _cluster.Setup.Handlers(this))
        {
            services.AddSingleton(handler);
        }

        services.Configure<EmbeddedEngineOptions>(engine =>
        {
            engine.Name = Name;
            engine.TurnScheduler = Node.Turns;
            engine.MostLocalWorkers = 2;
        });
        services.AddGrainEngine().AddExecution(options.Execution);
        services.AddStore(_cluster.Store.For(this), _cluster.Artifacts, options.Environment);
        // Meters are kept by the process that runs the simulation, and nobody reads them here.
        services.Remove(services.Single(service => service.ImplementationType == typeof(RunMeter)));
        return services.BuildServiceProvider();
    }
}
