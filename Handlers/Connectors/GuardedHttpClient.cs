namespace JobForge.Handlers.Connectors;

/// <summary>
/// The one way out: every call of a handler to another host goes through a session of this client. No proxy, no cookies, no ambient
/// credentials, no automatic redirects or decompression.
/// </summary>
public sealed class GuardedHttpClient(OutboundOptions options, INameResolver resolver)
{
    private readonly OutboundGate _gate = new(options, resolver);

    public OutboundOptions Options { get; } = options;

    /// <summary>Opens a session, one for each run or purpose: connections are never shared between sessions.</summary>
    /// <param name="time">Measures latency and bounds requests.</param>
    public GuardedSession Open(TimeProvider time, SessionKind kind = SessionKind.Ordinary) => new(Options, _gate, time, kind);
}

public enum SessionKind
{
    /// <summary>Keeps connections open between requests; an invalid certificate fails the request.</summary>
    Ordinary,

    /// <summary>
    /// To look at a server, not to talk to it: each request makes a connection of its own, so that every latency is a whole one, and an
    /// invalid certificate is recorded in <see cref="GuardedResponse.Tls"/> instead of refused. Never send a secret through it.
    /// </summary>
    Probe,
}
