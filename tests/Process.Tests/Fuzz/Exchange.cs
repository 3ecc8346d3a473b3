using System.Net.Sockets;
using System.Text;

namespace JobForge.Process.Tests.Fuzz;

/// <param name="Status">0: the connection was closed without an answer.</param>
internal sealed record FuzzAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, bool TimedOut)
{
    public bool IsStream => Headers.GetValueOrDefault("content-type", "").StartsWith("text/event-stream", StringComparison.Ordinal);
}

/// <summary>One connection for one request: what is sent, however wrong, is sent as it is.</summary>
internal static class Exchange
{
    /// <summary>A server that has neither answered nor hung up by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LastWord = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(30);

    public static async Task<FuzzAnswer> SendAsync(Uri server, FuzzRequest request, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port, patience.Token);
        var stream = client.GetStream();
        // Read while writing: a server may answer, and hang up, before it has read everything.
        var reading = ReadAsync(stream, patience.Token);
        try
        {
            if (!await WriteAsync(stream, request, patience.Token))
            {
                client.Client.Close(0);
            }
            else if (request.IsOddOnTheWire && await Task.WhenAny(reading, Task.Delay(LastWord, TimeProvider.System, patience.Token)) != reading)
            {
                // It waits for bytes that the headers promise. Not done at once, since a server may take it for a caller that went away.
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // Its answer says why.
        }

        try
        {
            return Parse(await reading, timedOut: false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new FuzzAnswer(0, new Dictionary<string, string>(StringComparer.Ordinal), "", TimedOut: true);
        }
    }

    /// <returns>False when the client hangs up at once.</returns>
    private static async Task<bool> WriteAsync(NetworkStream stream, FuzzRequest request, CancellationToken cancel)
    {
        switch (request.Delivery)
        {
            case Delivery.Slow:
                foreach (var piece in request.Bytes.Chunk(Math.Max(1, request.Bytes.Length / 8)))
                {
                    await stream.WriteAsync(piece, cancel);
                    await Task.Delay(Rest, TimeProvider.System, cancel);
                }

                break;
            case Delivery.Cut:
                await stream.WriteAsync(request.Bytes.AsMemory(0, request.Bytes.Length * 2 / 3), cancel);
                return false;
            case Delivery.Abandoned:
                await stream.WriteAsync(request.Bytes, cancel);
                return false;
            default:
                await stream.WriteAsync(request.Bytes, cancel);
                break;
        }

        return true;
    }

    /// <summary>To the end of the connection, or, of a stream of events, to the end of its headers.</summary>
    private static async Task<byte[]> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
            {
                all.Write(buffer, 0, read);
                if (all.Length < 4_096 && Parse(all.ToArray(), timedOut: false).IsStream)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // Reset by one side: what came before counts.
        }

        return all.ToArray();
    }

    private static FuzzAnswer Parse(byte[] bytes, bool timedOut)
    {
        var text = Encoding.UTF8.GetString(bytes);
        // An interim answer goes before the real one.
        while (text.StartsWith("HTTP/1.1 100", StringComparison.Ordinal) && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var interim and > 0)
        {
            text = text[(interim + 4)..];
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..Math.Max(0, end)].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0].Trim().ToLowerInvariant(), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1].Trim(), StringComparer.Ordinal);
        return new FuzzAnswer(lines[0].Split(' ') is [_, var code, ..] && int.TryParse(code, out var status) ? status : 0, headers, end < 0 ? "" : text[(end + 4)..], timedOut);
    }
}
