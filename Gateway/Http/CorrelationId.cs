using System.Diagnostics;
using JobForge.Contracts.Ids;
using Microsoft.AspNetCore.Http;

namespace JobForge.Gateway.Http;

/// <summary>The id under which caller, logs, audit and answer speak of one call.</summary>
public static class CorrelationId
{
    public const string HeaderName = "x-correlation-id";

    private static readonly string[] Sources = [HeaderName, "x-request-id", "x-trace-id"];

    /// <summary>Takes the caller's id, or makes one, and promises it on every answer, whatever becomes of the call.</summary>
    public static void Begin(HttpContext http, IdSource ids)
    {
        var id = Sources.Select(name => http.Request.Headers[name].ToString()).FirstOrDefault(OpaqueId.IsValid) ?? ids.Next().ToString("D");
        http.Features.Set(new Held(id));
        http.Response.OnStarting(() =>
        {
            // At the last moment, because an exception's answer clears the headers first.
            http.Response.Headers[HeaderName] = id;
            return Task.CompletedTask;
        });
    }

    public static string Of(HttpContext http) => http.Features.Get<Held>()?.Id ?? http.TraceIdentifier;

    /// <summary>The trace id of a W3C <c>traceparent</c> header, 32 hex digits; null when there is none.</summary>
    public static string? W3CTraceId(HttpContext http) =>
        ActivityContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers.TraceState, isRemote: true, out var parent)
            ? parent.TraceId.ToHexString()
            : null;

    private sealed record Held(string Id);
}
