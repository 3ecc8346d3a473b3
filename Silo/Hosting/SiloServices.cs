using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Policy;
using JobForge.Contracts.Templates;
using JobForge.Gateway;
using JobForge.Grains.Jobs;
using JobForge.Grains.Tenants;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops;
using JobForge.Silo.Doctor;
using JobForge.Silo.Execution;
using JobForge.Storage.Doctor;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Silo.Hosting;

/// <summary>The composition, room by room. Hosted parts start in the order in which they are added here and stop in reverse.</summary>
internal static class SiloServices
{
    public static IServiceCollection AddClockAndChance(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(RandomSource.Secure)
        .AddSingleton<IdSource>();

    public static IServiceCollection AddStore(
        this IServiceCollection services, IStore store, IArtifactStore artifacts, Func<string, string?> environment) => services
        .AddSingleton(store.Events)
        .AddSingleton(store.Jobs)
        .AddSingleton(store.Queue)
        .AddSingleton(store.Epochs)
        .AddSingleton(store.Holds)
        .AddSingleton(store.Read)
        .AddSingleton(store.Tenants)
        .AddSingleton(store.Templates)
        .AddSingleton(store.Registry)
        .AddSingleton(store.Audit)
        .AddSingleton(store.RunLogs)
        .AddSingleton(store.EngineRows)
        .AddSingleton(store.Signals)
        .AddSingleton(store.Upkeep)
        .AddSingleton(UpkeepLoop.ReadRetention(environment))
        .AddHostedService<UpkeepLoop>()
        .AddSingleton(store.Doctor)
        .AddSingleton(provider => DoctorRhythm.Read(environment, provider.GetRequiredService<RandomSource>()))
        .AddSingleton(provider => new CheckupOptions
        {
            // A look of a hundred statements every quarter of an hour: an idle process stays below one a second.
            HistoryPages = 5,
            OpenPages = 200,
            Rest = TimeSpan.FromMilliseconds(20),
            Grace = new CheckupOptions().Grace + (4 * provider.GetRequiredService<ExecutionOptions>().Lease),
            Retention = provider.GetRequiredService<Retention>(),
        })
        .AddSingleton<Checkup>()
        .AddSingleton(artifacts);

    public static IServiceCollection AddAdmission(this IServiceCollection services, SiloOptions options, Secrets secrets, byte[] pepper)
    {
        // Read here and not when the part is made: a wrong value refuses the start.
        var tokenLifetime = TokenLifetime(options);
        services.AddSingleton(FlagSet.FromEnvironment(options.Environment));
        services.AddSingleton<IReadOnlyList<JobTemplate>>([.. TemplateCatalogue.All, RedriveTemplate.Row, .. options.FurtherTemplates]);
        services.AddSingleton<RegistryWatch>();
        services.AddSingleton<IRegistry>(provider => provider.GetRequiredService<RegistryWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<RegistryWatch>());
        services.AddSingleton(PolicyKeyRing.Parse(secrets.PolicyTokenSecret()));
        services.AddSingleton(provider => new PolicyTokens(
            provider.GetRequiredService<PolicyKeyRing>(), provider.GetRequiredService<IdSource>(), provider.GetRequiredService<TimeProvider>(), tokenLifetime));
        services.AddSingleton(new AdmissionSettings(PolicyTokenSecretSet: true));
        services.AddSingleton(provider => new KeyMaker(provider.GetRequiredService<RandomSource>(), pepper));
        return services.AddSingleton<AdmissionRules>().AddSingleton<AdmissionDesk>().AddSingleton<OperatorDesk>().AddSingleton<RunFamily>().AddSingleton<JobMaker>().AddSingleton<AuditTrail>();
    }

    public static IServiceCollection AddHandlers(this IServiceCollection services, SiloOptions options)
    {
        var outbound = new OutboundOptions();
        foreach (var host in options.AllowedPrivateHosts)
        {
            var isNetwork = host.Contains('/', StringComparison.Ordinal);
            if (isNetwork && !System.Net.IPNetwork.TryParse(host, out _))
            {
                throw new StartRefusedException($"--allow-private-host '{host}' is no network in CIDR form, e.g. 10.20.0.0/16.");
            }

            (isNetwork ? outbound.AllowedPrivateNetworks : outbound.AllowedPrivateHosts).Add(host);
        }

        var targets = new OpsTargets();
        foreach (var (name, urls) in options.Targets)
        {
            targets.Names[name] = [.. urls];
        }

        return services
            .AddJobForgeHandlers(outbound, targets)
            .AddSingleton<IEventReader, EventReader>()
            .AddSingleton<ITenantControl, TenantControl>()
            .AddSingleton<IDeadLetters, DeadLetters>()
            .AddSingleton<IHandlerCatalogue, HandlerCatalogue>();
    }

    public static IServiceCollection AddExecution(this IServiceCollection services, ExecutionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<Backlog>().AddSingleton(provider => new RunQueue(options.ReadyCapacity, provider.GetRequiredService<Backlog>()));
        services.AddSingleton<EpochLease>().AddSingleton<DoubtfulJobs>().AddSingleton<EpochHeir>().AddSingleton<GateKeeper>().AddSingleton<HoldWatch>().AddSingleton<RecoveryScan>().AddSingleton<QueueFeeder>();
        services.AddSingleton<RunContexts>().AddSingleton<RunExecutor>().AddSingleton<ExecutionHost>();
        services.AddSingleton<IRunDispatch>(provider => provider.GetRequiredService<ExecutionHost>());
        services.AddSingleton<IDrainState, DrainState>();
        services.AddMetrics().AddHostedService<RunMeter>();
        return services.AddHostedService(provider => provider.GetRequiredService<ExecutionHost>()).AddHostedService<DoctorLoop>();
    }

    private static TimeSpan TokenLifetime(SiloOptions options)
    {
        const string Variable = "JOBFORGE_POLICY_TOKEN_EXPIRY_HOURS";
        return options.Environment(Variable) switch
        {
            null or "" => TimeSpan.FromHours(1),
            var text when double.TryParse(text, out var hours) && hours is > 0 and <= 720 => TimeSpan.FromHours(hours),
            var text => throw new StartRefusedException($"{Variable} is '{text}'; it must be a number above 0, at most 720."),
        };
    }

    private sealed class DrainState(ExecutionHost host, Microsoft.Extensions.Hosting.IHostApplicationLifetime lifetime) : IDrainState
    {
        public bool IsDraining => host.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested;
    }
}
