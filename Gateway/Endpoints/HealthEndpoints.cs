using JobForge.Contracts.Errors;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Access;
using JobForge.Gateway.Http;
using JobForge.Gateway.Observability;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JobForge.Gateway.Endpoints;

/// <summary>For probes and scrapers; each also stands at the root, where they look by habit.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes, GatewayOptions options)
    {
        routes.MapDoor("health", Health).Gives<HealthAnswer>();
        routes.MapDoor("ready", ReadyAsync).Gives<HealthAnswer>();
        routes.MapDoor("metrics", Metrics).Produces<string>(StatusCodes.Status200OK, "text/plain").WithMetadata(DoorOfMetrics("metrics", options));
        routes.MapDoor("healthProbe", Health).ExcludeFromDescription();
        routes.MapDoor("readyProbe", ReadyAsync).ExcludeFromDescription();
        routes.MapDoor("metricsProbe", Metrics).ExcludeFromDescription().WithMetadata(DoorOfMetrics("metricsProbe", options));
    }

    private static Door DoorOfMetrics(string name, GatewayOptions options) =>
        options.OpenMetrics ? Doors.Named(name) with { LeastRole = null } : Doors.Named(name);

    private static IResult Health(GatewayOptions options) => Answers.Json(new HealthAnswer("ok", options.Version));

    private static async Task<IResult> ReadyAsync(HttpContext http, IReadModel rows, IDrainState drain, TimeProvider time, GatewayOptions options)
    {
        if (drain.IsDraining)
        {
            return NotReady("The process is draining.");
        }

        return await AnswersInTimeAsync(http, rows, time)
            ? Answers.Json(new HealthAnswer("ready", options.Version))
            : NotReady("The store does not answer.");
    }

    private static async Task<bool> AnswersInTimeAsync(HttpContext http, IReadModel rows, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(PingTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, http.RequestAborted);
        try
        {
            return await rows.PingAsync(either.Token).WaitAsync(either.Token);
        }
        catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Whatever the store throws, and a timeout, mean the same to a probe.
            return false;
        }
    }

    private static ProblemAnswer NotReady(string why) => new(new Refusal(ErrorCode.Unavailable, why) { RetryAfter = Faults.UnavailableRetryAfter });

    private static IResult Metrics(PrometheusText metrics) => Results.Text(metrics.Render(), PrometheusText.MediaType);
}
