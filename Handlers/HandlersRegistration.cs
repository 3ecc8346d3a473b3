using JobForge.Handlers.Connectors;
using JobForge.Handlers.Growth;
using JobForge.Handlers.Jobs;
using JobForge.Handlers.Keys;
using JobForge.Handlers.Ops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JobForge.Handlers;

public static class HandlersRegistration
{
    /// <summary>
    /// Adds every handler, the registry and the guarded client. The host adds <see cref="IEventReader"/>, <see cref="ITenantControl"/> and <see cref="IDeadLetters"/>.
    /// </summary>
    public static IServiceCollection AddJobForgeHandlers(this IServiceCollection services, OutboundOptions outbound, OpsTargets targets)
    {
        services.TryAddSingleton<INameResolver, SystemNameResolver>();
        services.AddSingleton(outbound);
        services.AddSingleton(targets);
        services.AddSingleton<GuardedHttpClient>();
        services.AddSingleton<IJobHandler, OpsScanHandler>();
        services.AddSingleton<IJobHandler, OpsApplyHandler>();
        services.AddSingleton<IJobHandler, SeoScanHandler>();
        services.AddSingleton<IJobHandler, UsageAggregateHandler>();
        services.AddSingleton<IJobHandler, RedriveHandler>();
        services.AddSingleton<HandlerRegistry>();
        return services;
    }
}
