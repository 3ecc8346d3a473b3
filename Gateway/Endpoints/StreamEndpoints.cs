using System.Globalization;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Gateway.Streams;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace JobForge.Gateway.Endpoints;

/// <summary>A run as it happens.</summary>
internal static class StreamEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDoor("streamRun", StreamAsync, QueryParameter.Tenant,
                new("after", "integer", "Only log lines with a greater sequence number; the header Last-Event-ID goes before it."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private static async Task<IResult> StreamAsync(
        Call call, string id, IReadModel rows, RunStreams streams, GatewayOptions options, TimeProvider time, IHostApplicationLifetime life)
    {
        if (!call.TryRun(id, out var run, out var refused))
        {
            return refused;
        }

        var after = call.Query.Whole("after", 0, 0, long.MaxValue);
        if (call.Http.Request.Headers.TryGetValue(LastEventId, out var last)
            && !long.TryParse(last.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return call.Refuse(Refusal.Invalid(LastEventId, "Must be the id of an earlier event", FieldCodes.InvalidFormat));
        }

        if (call.Query.Refusal is { } bad)
        {
            return call.Refuse(bad);
        }

        if (await rows.JobAsync(run.Tenant, run.Job, call.Cancel) is null)
        {
            return call.Refuse(Call.NoSuchRun);
        }

        return streams.TryEnter(run.Tenant) is { } place
            ? new RunStream(run, after, rows, new StreamPace(time, options.StreamPoll, options.StreamHeartbeat, life.ApplicationStopping), place)
            : call.Refuse(new Refusal(ErrorCode.RateLimited, $"The tenant may have {options.StreamsPerTenant} streams at once.") { RetryAfter = TimeSpan.FromSeconds(5) });
    }
}
