using JobForge.Contracts.Errors;
using JobForge.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace JobForge.Gateway.Access;

/// <summary>
/// Stands between routing and every endpoint: checks the key, its role and its rate by the endpoint's <see cref="Door"/>.
/// A route of ours that has no door is closed to everyone.
/// </summary>
public sealed class GateMiddleware(RequestDelegate next, KeyChecker checker, KeyUseRecorder uses, TimeProvider time, GatewayOptions options)
{
    private readonly TokenBuckets _rates = new(time, options.RequestsPerSecond, options.RequestBurst);

    public async Task InvokeAsync(HttpContext http)
    {
        if (await RefuseAsync(http) is { } refusal)
        {
            await new ProblemAnswer(refusal).ExecuteAsync(http);
            return;
        }

        await next(http);
    }

    private async Task<Refusal?> RefuseAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        var door = endpoint?.Metadata.GetMetadata<Door>();
        if (door is null)
        {
            return endpoint is RouteEndpoint && http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) ? Faults.OfStatus(404) : null;
        }

        if (door.LeastRole is null)
        {
            return null;
        }

        var checkedKey = await checker.CheckAsync(http.Request.Headers.Authorization, http.Connection.RemoteIpAddress);
        if (checkedKey.IsRefused)
        {
            if (checkedKey.Refusal.Code == ErrorCode.Unauthorized)
            {
                http.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer realm=\"jobforge\"";
            }

            return checkedKey.Refusal;
        }

        return Admit(http, door, checkedKey.Value);
    }

    private Refusal? Admit(HttpContext http, Door door, Visitor visitor)
    {
        if (!_rates.TryTake(visitor.KeyId, out var wait))
        {
            return new(ErrorCode.RateLimited, "Too many requests with this key.") { RetryAfter = wait };
        }

        uses.Used(visitor.KeyId);
        if (!door.Admits(visitor.Role))
        {
            return new(ErrorCode.Forbidden, "The key's role does not open this door.");
        }

        http.Features.Set(visitor);
        return null;
    }
}
