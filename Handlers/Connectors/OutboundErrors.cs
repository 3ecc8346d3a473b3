using System.Text.Json;

namespace JobForge.Handlers.Connectors;

/// <summary>Why the guard would not make a call, or would not take its answer.</summary>
public enum OutboundRefusal
{
    SchemeNotAllowed,
    CredentialsInUrl,
    HostMissing,
    PortNotAllowed,
    AddressNotAllowed,
    RedirectLimit,
    RedirectLoop,
    RedirectInvalid,
    ResponseTooLarge,
}

/// <summary>Why an allowed call did not yield an answer; a later try may fare better.</summary>
public enum OutboundFailure
{
    NameNotFound,
    ConnectFailed,
    TlsFailed,
    TimedOut,
    ProtocolError,
    BodyCorrupt,
}

/// <summary>The guard's own "no": the same call is refused again until the configuration changes.</summary>
public sealed class OutboundRefusedException(OutboundRefusal reason, string message) : Exception(message)
{
    public OutboundRefusal Reason { get; } = reason;

    /// <summary>The reason as a wire word, e.g. <c>address_not_allowed</c>.</summary>
    public string Code => JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString());
}

/// <summary>The network's "no".</summary>
public sealed class OutboundFailedException(OutboundFailure kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public OutboundFailure Kind { get; } = kind;

    /// <summary>The kind as a wire word, e.g. <c>timed_out</c>.</summary>
    public string Code => JsonNamingPolicy.SnakeCaseLower.ConvertName(Kind.ToString());
}
