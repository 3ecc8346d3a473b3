using JobForge.Gateway.Access;
using JobForge.Gateway.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JobForge.Gateway.Endpoints;

internal static class Mapping
{
    /// <summary>Maps a handler to the table's door of that name; there is no other way to map a route.</summary>
    /// <param name="query">The query parameters that the handler reads, for the document.</param>
    public static RouteHandlerBuilder MapDoor(this IEndpointRouteBuilder routes, string name, Delegate handler, params IReadOnlyList<QueryParameter> query)
    {
        var door = Doors.Named(name);
        var builder = routes.MapMethods(door.Pattern, [door.Method], handler)
            .WithMetadata(door, new QueryParameters(query))
            .WithName(door.Name)
            .WithTags(door.Group)
            .WithSummary(door.Summary);
        return builder;
    }

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder builder, bool optional = false)
        where T : notnull => builder.WithMetadata(new BodyShape(typeof(T), optional));

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses is [] ? [StatusCodes.Status200OK] : statuses)
        {
            builder.Produces<T>(status, "application/json");
        }

        return builder;
    }
}
