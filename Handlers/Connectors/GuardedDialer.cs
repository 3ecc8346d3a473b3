using System.Net;
using System.Net.Sockets;

namespace JobForge.Handlers.Connectors;

/// <summary>Makes the connections of a session: admitted addresses only, timed step by step.</summary>
internal sealed class GuardedDialer(OutboundGate gate, TimeProvider time, bool probe)
{
    private static readonly HttpRequestOptionsKey<ConnectionTrace> TraceKey = new("jobforge.connection");

    /// <summary>Asks for the facts of the connection that this request opens, if it opens one.</summary>
    public static ConnectionTrace Watch(HttpRequestMessage request)
    {
        var trace = new ConnectionTrace();
        request.Options.Set(TraceKey, trace);
        return trace;
    }

    /// <summary>
    /// The connect callback of the HTTP stack. A TLS stream that it returns is used as it is, so the handshake is ours to time and to witness.
    /// </summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var addresses = await gate.AdmitAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel);
        var resolved = time.GetTimestamp();
        Stream stream = new NetworkStream(await DialAsync(addresses, context.DnsEndPoint, cancel), ownsSocket: true);
        var connected = time.GetTimestamp();
        TlsFacts? tls = null;
        if (context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            (stream, tls) = await TlsDoor.OpenAsync(stream, context.DnsEndPoint.Host, probe, cancel);
        }

        if (context.InitialRequestMessage.Options.TryGetValue(TraceKey, out var trace))
        {
            trace.Opened = new ConnectionFacts(
                time.GetElapsedTime(start, resolved), time.GetElapsedTime(resolved, connected), time.GetElapsedTime(connected), tls);
        }

        return stream;
    }

    private static async Task<Socket> DialAsync(IReadOnlyList<IPAddress> addresses, DnsEndPoint target, CancellationToken cancel)
    {
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancel);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new OutboundFailedException(
            OutboundFailure.ConnectFailed, $"No connection to {target.Host}:{target.Port}: {failure?.SocketErrorCode}", failure);
    }
}

internal sealed record ConnectionFacts(TimeSpan Dns, TimeSpan Connect, TimeSpan Handshake, TlsFacts? Tls);

internal sealed class ConnectionTrace
{
    private volatile ConnectionFacts? _opened;

    /// <summary>Null while no connection was opened for the request, and for good when it rode on an open one.</summary>
    public ConnectionFacts? Opened
    {
        get => _opened;
        set => _opened = value;
    }
}
