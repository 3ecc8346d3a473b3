using System.Data.Common;
using JobForge.Contracts.Errors;
using JobForge.Storage;
using Microsoft.AspNetCore.Http;
using Orleans.Runtime;

namespace JobForge.Gateway.Http;

/// <summary>What an exception, or a status that the framework set, says to the caller. Never a word of the exception's own text.</summary>
public static class Faults
{
    public static readonly TimeSpan UnavailableRetryAfter = TimeSpan.FromSeconds(1);

    public static Refusal Internal { get; } = new(ErrorCode.InternalError, "An internal error occurred.");

    public static Refusal Unavailable { get; } =
        new(ErrorCode.Unavailable, "The service is unavailable for the moment.") { RetryAfter = UnavailableRetryAfter };

    /// <summary>Unavailable for faults that pass by themselves; internal for the rest, which are bugs.</summary>
    public static Refusal Of(Exception exception) => IsPassing(exception) ? Unavailable : Internal;

    /// <summary>For statuses that come without a body: from routing, body limits and content negotiation.</summary>
    public static Refusal OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(ErrorCode.Unauthorized, "A valid API key is required."),
        StatusCodes.Status403Forbidden => new(ErrorCode.Forbidden, "The key does not open this door."),
        StatusCodes.Status404NotFound => Refusal.NotFound("There is no such resource."),
        StatusCodes.Status405MethodNotAllowed => new(ErrorCode.BadRequest, "This resource does not know the method."),
        StatusCodes.Status408RequestTimeout => new(ErrorCode.BadRequest, "The request body came too slowly."),
        StatusCodes.Status413PayloadTooLarge => new(ErrorCode.BadRequest, "The request body is too large."),
        StatusCodes.Status415UnsupportedMediaType => new(ErrorCode.BadRequest, "The body must be application/json in UTF-8."),
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        >= 500 => Internal,
        _ => new(ErrorCode.BadRequest, "The request is malformed."),
    };

    private static bool IsPassing(Exception exception) => exception switch
    {
        TimeoutException or StoreUnavailableException or SiloUnavailableException => true,
        DbException { IsTransient: true } => true,
        AggregateException { InnerException: { } inner } => IsPassing(inner),
        _ => false,
    };
}
