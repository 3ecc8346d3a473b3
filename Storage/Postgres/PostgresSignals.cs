using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

/// <summary>Listens on one connection of its own. When that breaks, it connects again with growing waits, and then says that hints may have been missed.</summary>
internal sealed class PostgresSignals(NpgsqlDataSource listener, TimeProvider time) : IStoreSignals, IAsyncDisposable
{
    public const string Channel = "jobforge";

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public event Action<StoreSignal>? Received;

    /// <summary>Returns when it listens; what is committed from then on is heard.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        var connection = await ListenAsync(cancel);
        _loop = Task.Run(() => LoopAsync(connection), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync(NpgsqlConnection first)
    {
        NpgsqlConnection? connection = first;
        var wait = ShortestWait;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (connection is null)
                {
                    connection = await ListenAsync(_stop.Token);
                    wait = ShortestWait;
                    Received?.Invoke(new StoreSignal(StoreSignalKind.LookAtEverything));
                }

                await connection.WaitAsync(_stop.Token);
            }
            catch (Exception broken) when (broken is OperationCanceledException or NpgsqlException or IOException or TimeoutException)
            {
                await CloseAsync(connection);
                connection = null;
                await PauseAsync(wait);
                wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, LongestWait.Ticks));
            }
        }

        await CloseAsync(connection);
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancel)
    {
        var connection = await listener.OpenConnectionAsync(cancel);
        connection.Notification += (_, hint) => Tell(hint.Payload);
        await using var listen = new NpgsqlCommand("LISTEN " + Channel, connection);
        await listen.ExecuteNonQueryAsync(cancel);
        return connection;
    }

    private void Tell(string payload)
    {
        StoreSignal? signal = payload switch
        {
            "donated" => new(StoreSignalKind.Donated),
            "registry" => new(StoreSignalKind.RegistryChanged),
            ['j', 'o', 'b', ':', .. var id] when JobId.TryParse(id, null, out var job) => new(StoreSignalKind.JobChanged, job),
            // A newer version's hint; what it announces is found by a sweep.
            _ => null,
        };
        if (signal is not null)
        {
            Received?.Invoke(signal);
        }
    }

    private async Task PauseAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The store is being closed.
        }
    }

    private static async Task CloseAsync(NpgsqlConnection? connection)
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }
}
