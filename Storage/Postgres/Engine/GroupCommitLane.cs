using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>One connection that writes batches. It runs on a pool thread only while there is something to write.</summary>
internal sealed class GroupCommitLane<TItem, TAnswer>(
    GroupCommit<TItem, TAnswer> queue,
    NpgsqlDataSource source,
    GroupCommitOptions options,
    Func<NpgsqlConnection, IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TAnswer>>> write) : IThreadPoolWorkItem
{
    private readonly List<WaitingWrite<TItem, TAnswer>> _batch = [];
    private readonly List<TItem> _items = [];
    private NpgsqlConnection? _connection;

    public void Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    // The loop catches what can go wrong and tells the callers; nobody else could observe its task.
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    public async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private async Task RunAsync()
    {
        var woken = true;
        // Once it answers false, another caller may have woken the lane again already: touch nothing of it from there on.
        while (queue.Take(this, _batch, woken))
        {
            woken = false;
            await WriteAsync(_batch);
            var answered = _batch.Count;
            _batch.Clear();
            if (answered > 1)
            {
                // Those who were answered just now are about to come with their next items: let them, or this lane writes a batch of one or two.
                await Task.Yield();
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<WaitingWrite<TItem, TAnswer>> batch)
    {
        var failure = await TryAsync(batch);
        if (failure is null)
        {
            return;
        }

        if (batch.Count == 1 || failure is StoreUnavailableException)
        {
            foreach (var one in batch)
            {
                one.Fail(failure);
            }

            return;
        }

        // One of them is bad, and its neighbours must not suffer: each again, alone.
        foreach (var one in batch.ToArray())
        {
            await WriteAsync([one]);
        }
    }

    /// <summary>Writes and answers the batch; the failure, when nobody was answered.</summary>
    private async Task<Exception?> TryAsync(IReadOnlyList<WaitingWrite<TItem, TAnswer>> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answers = await WriteOnceAsync(batch);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Succeed(answers[i]);
                }

                return null;
            }
            catch (Exception failure)
            {
                await DropConnectionAsync();
                if (!PostgresErrors.IsConflict(failure) || attempt > options.ConflictRetries)
                {
                    return PostgresErrors.Describe(failure, options.Name);
                }
            }
        }
    }

    private async Task<IReadOnlyList<TAnswer>> WriteOnceAsync(IReadOnlyList<WaitingWrite<TItem, TAnswer>> batch)
    {
        _connection ??= await source.OpenConnectionAsync();
        _items.Clear();
        foreach (var one in batch)
        {
            _items.Add(one.Item);
        }

        // A taken batch is written whatever becomes of its callers; the statement timeout bounds it.
        var answers = await write(_connection, _items, CancellationToken.None);
        return answers.Count == batch.Count
            ? answers
            : throw new InvalidOperationException($"{options.Name}: {batch.Count} items were given and {answers.Count} answered.");
    }

    /// <summary>A connection after a failure may be broken or stand in a failed transaction. The pool rolls it back or replaces it.</summary>
    private async Task DropConnectionAsync()
    {
        try
        {
            await CloseAsync();
        }
        catch (Exception closing) when (closing is NpgsqlException or IOException or InvalidOperationException)
        {
            // It is gone either way; the failure that led here is the one that the callers are told.
        }
    }
}
