using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace JobForge.Gateway.Http;

public static class KestrelLimits
{
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxRequestLineBytes = 16 * 1024;

    /// <summary>
    /// RequestBody refuses what is over the limit; the server lets somewhat more come in to be thrown away. Where it does not, it answers 413 and then
    /// drops the connection, so that the caller loses the answer or its next call.
    /// </summary>
    private const int ThrownAwayFactor = 8;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Bounds what a connection may cost before any of our code sees the request.</summary>
    public static void ApplyGatewayLimits(this KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes * ThrownAwayFactor;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
    }
}
