using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JobForge.Process.Tests.Drive;

/// <summary>
/// Stands between a process and its PostgreSQL, without TLS, and forwards every byte until it is told to cut: then one exchange reaches the server, whose answer is read
/// to its end (ReadyForQuery, so it is committed) and thrown away, and both connections are closed.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly int _server;
    private readonly Task _accepting;
    private Cut? _cut;

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Cuts one exchange of each connection text by text: the one that holds the last text, on a connection that has sent the others before. Once.</summary>
    /// <param name="answered">False: cuts as soon as the server has the request, without waiting for its answer.</param>
    /// <returns>Ends when it has happened.</returns>
    public Task CutAsync(bool answered, params string[] texts)
    {
        var cut = new Cut(answered, texts);
        lock (_gate)
        {
            _cut = cut;
        }

        return cut.Done.Task.WaitAsync(TimeSpan.FromSeconds(90));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
            (near.NoDelay, far.NoDelay) = (true, true);
            var wire = new Wire(near.GetStream(), far.GetStream());
            // Whichever side ends first ends the other: both connections are closed on the way out.
            await Task.WhenAny(RequestsAsync(wire), AnswersAsync(wire));
        }
        catch (Exception gone) when (gone is SocketException or IOException or OperationCanceledException)
        {
            // The server is away: the client finds its connection closed.
        }
    }

    private async Task RequestsAsync(Wire wire)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await wire.Near.ReadAsync(buffer, _stop.Token)) > 0)
        {
            Look(wire, buffer.AsSpan(0, read));
            await wire.Far.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            if (wire.Cut is { Answered: false } cut)
            {
                cut.Done.TrySetResult();
                return;
            }
        }
    }

    private async Task AnswersAsync(Wire wire)
    {
        var buffer = new byte[64 * 1024];
        var unread = new MemoryStream();
        int read;
        while ((read = await wire.Far.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (wire.Cut is not { } cut)
            {
                await wire.Near.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                continue;
            }

            unread.Write(buffer, 0, read);
            if (EndsExchange(unread.GetBuffer().AsSpan(0, (int)unread.Length)))
            {
                cut.Done.TrySetResult();
                return;
            }
        }
    }

    /// <summary>Whether this is the exchange to cut. Texts stand in the messages as they are: statements, keys, JSON.</summary>
    private void Look(Wire wire, ReadOnlySpan<byte> sent)
    {
        lock (_gate)
        {
            if (_cut is not { } cut)
            {
                return;
            }

            if (!ReferenceEquals(wire.Watched, cut))
            {
                (wire.Watched, wire.Seen) = (cut, 0);
            }

            wire.Text.Append(Encoding.Latin1.GetString(sent));
            while (wire.Seen < cut.Texts.Length && wire.Text.ToString().Contains(cut.Texts[wire.Seen], StringComparison.Ordinal))
            {
                if (++wire.Seen == cut.Texts.Length)
                {
                    wire.Cut = cut;
                    _cut = null;
                }
            }

            // A text may lie across two pieces.
            wire.Text.Remove(0, Math.Max(0, wire.Text.Length - 200));
        }
    }

    /// <summary>Messages have a letter and a length; Z is the last one of an exchange.</summary>
    private static bool EndsExchange(ReadOnlySpan<byte> messages)
    {
        while (messages.Length >= 5)
        {
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(messages[1..]);
            if (messages.Length < length)
            {
                return false;
            }

            if (messages[0] == (byte)'Z')
            {
                return true;
            }

            messages = messages[length..];
        }

        return false;
    }

    private sealed record Cut(bool Answered, string[] Texts)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Wire(Stream near, Stream far)
    {
        public Stream Near => near;

        public Stream Far => far;

        public StringBuilder Text { get; } = new();

        public Cut? Watched { get; set; }

        public int Seen { get; set; }

        public volatile Cut? Cut;
    }
}
