namespace JobForge.Handlers.Connectors;

/// <summary>What outbound calls may reach, and how much of it they take. Bound from configuration; a wrong network fails the start.</summary>
public sealed class OutboundOptions
{
    /// <summary>
    /// Hosts that may resolve to private or loopback addresses: <c>name</c> (any port) or <c>name:port</c>. Names compare exactly, without case.
    /// </summary>
    public IList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Networks in CIDR form that may be reached on any port although they are private, e.g. <c>10.20.0.0/16</c>.</summary>
    public IList<string> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>Ports that public addresses may be reached on.</summary>
    public IList<int> AllowedPorts { get; init; } = [80, 443, 8080, 8443];

    public int MaxRedirects { get; init; } = 5;

    /// <summary>Bounds the body as sent and again as decoded, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>From the first look-up to the last byte, over all redirects.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For one connection: look-up, connect and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public string UserAgent { get; init; } = "JobForgeBot/1.0";
}
