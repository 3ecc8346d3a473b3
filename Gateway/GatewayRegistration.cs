using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Gateway.Access;
using JobForge.Gateway.Endpoints;
using JobForge.Gateway.Http;
using JobForge.Gateway.Observability;
using JobForge.Gateway.OpenApi;
using JobForge.Gateway.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JobForge.Gateway;

/// <summary>How a host takes the gateway in: services first, then the pipeline.</summary>
public static class GatewayRegistration
{
    private const int LeastPepperBytes = 16;

    /// <summary>Registers the gateway. The host brings IGrainFactory, IReadModel and IArtifactStore, and Kestrel's limits (<see cref="KestrelLimits"/>).</summary>
    /// <exception cref="ArgumentException">The pepper is too short to keep a leaked table of key hashes useless.</exception>
    public static IServiceCollection AddJobForgeGateway(this IServiceCollection services, GatewayOptions options)
    {
        if (options.KeyPepper.Length < LeastPepperBytes)
        {
            throw new ArgumentException($"The pepper of API keys has at least {LeastPepperBytes} bytes.", nameof(options));
        }

        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RandomSource.Secure);
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<IDrainState, HostDrainState>();
        services.AddSingleton<FeatureGate>();
        services.AddSingleton<RunStreams>();
        services.AddSingleton<ApiKeyDirectory>();
        services.AddSingleton<KeyChecker>();
        services.AddSingleton<KeyUseRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUseRecorder>());
        services.AddMetrics();
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<PrometheusText>();
        services.ConfigureHttpJsonOptions(json => ContractJson.Apply(json.SerializerOptions));
        return services.AddGatewayDocument(options);
    }

    /// <summary>Adds the gateway's layers and routes. Call it before other endpoints' middleware, so that their refusals are problems too.</summary>
    public static WebApplication MapJobForgeGateway(this WebApplication app)
    {
        // The listener must hear the meters from the start, not from the first scrape.
        _ = app.Services.GetRequiredService<PrometheusText>();
        var options = app.Services.GetRequiredService<GatewayOptions>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<GateMiddleware>();
        EventEndpoints.Map(app);
        JobEndpoints.Map(app);
        JobCommandEndpoints.Map(app);
        LifeEndpoints.Map(app);
        DeadLetterEndpoints.Map(app);
        RunEndpoints.Map(app);
        StreamEndpoints.Map(app);
        ArtifactEndpoints.Map(app);
        TemplateEndpoints.Map(app);
        FlagEndpoints.Map(app);
        PolicyTokenEndpoints.Map(app);
        AuditEndpoints.Map(app);
        TenantEndpoints.Map(app);
        ApiKeyEndpoints.Map(app);
        HealthEndpoints.Map(app, options);
        app.MapGatewayDocument();
        return app;
    }
}
