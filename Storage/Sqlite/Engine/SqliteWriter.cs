using System.Collections.Concurrent;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>
/// Group commit. One thread owns the one connection that writes: it takes everything that waits, runs it in one transaction, commits
/// (one flush to disk), and only then answers. It flushes as soon as it is free, with no timer, so that a batch is one row when the
/// system is idle and a thousand when it is saturated.
/// </summary>
public sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Rows a transaction. More would only lengthen the wait of those that came first.</summary>
    private const int BatchWeight = 2_000;

    private readonly SqliteSession _session;
    private readonly ConcurrentQueue<WriteOperation> _queue = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Action>? _schedule;
    private int _sleeping;
    private volatile bool _closed;

    /// <param name="schedule">Null: a thread of its own. Else what runs its batches, each later and one at a time.</param>
    public SqliteWriter(SqliteSession session, Action<Action>? schedule = null)
    {
        (_session, _schedule) = (session, schedule);
        if (schedule is null)
        {
            new Thread(Loop) { IsBackground = true, Name = "store-writer" }.Start();
        }
        else
        {
            _sleeping = 1;
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/> inside a transaction that it shares with its neighbours, and answers after the commit. The body may
    /// run twice, so it must have no effect but its statements and its result.
    /// </summary>
    /// <param name="weight">About how many rows it writes.</param>
    /// <exception cref="StoreUnavailableException">The commit failed; nothing was written.</exception>
    public Task<T> RunAsync<T>(Func<SqliteSession, T> body, int weight, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var operation = new WriteOperation<T>(body, weight, cancel);
        _queue.Enqueue(operation);
        Wake();
        if (_stopped.Task.IsCompleted)
        {
            operation.Fail(new ObjectDisposedException(nameof(SqliteWriter)));
        }

        return operation.Answer;
    }

    /// <summary>Writes what was accepted, then ends the thread. The session stays open for its owner to close.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        if (_schedule is not null)
        {
            WriteAll();
            _stopped.SetResult();
        }

        _wake.Release();
        await _stopped.Task;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            WakeUp();
        }
    }

    private void WakeUp()
    {
        if (_schedule is null)
        {
            _wake.Release();
        }
        else
        {
            _schedule(WriteAll);
        }
    }

    /// <summary>What the thread does between two sleeps.</summary>
    private void WriteAll()
    {
        var batch = new List<WriteOperation>();
        for (Take(batch); batch.Count > 0; Take(batch))
        {
            Write(batch);
            batch.Clear();
        }

        Volatile.Write(ref _sleeping, 1);
    }

    private void Loop()
    {
        var batch = new List<WriteOperation>();
        while (true)
        {
            Take(batch);
            if (batch.Count > 0)
            {
                Write(batch);
                batch.Clear();
            }
            else if (_closed)
            {
                break;
            }
            else
            {
                Sleep();
            }
        }

        _stopped.SetResult();
        while (_queue.TryDequeue(out var late))
        {
            late.Fail(new ObjectDisposedException(nameof(SqliteWriter)));
        }
    }

    /// <summary>Says that it sleeps, then looks once more: an operation that came in between either is seen here or wakes it.</summary>
    private void Sleep()
    {
        Volatile.Write(ref _sleeping, 1);
        Interlocked.MemoryBarrier();
        if (_queue.IsEmpty)
        {
            _wake.Wait();
        }

        Volatile.Write(ref _sleeping, 0);
    }

    private void Take(List<WriteOperation> batch)
    {
        var weight = 0;
        while (weight < BatchWeight && _queue.TryDequeue(out var operation))
        {
            if (operation.IsCanceled)
            {
                operation.Cancel();
                continue;
            }

            batch.Add(operation);
            weight += operation.Weight;
        }
    }

    private void Write(List<WriteOperation> batch)
    {
        var failure = Transact(batch);
        if (failure is null)
        {
            batch.ForEach(operation => operation.Succeed());
        }
        else if (batch.Count == 1 || failure is StoreUnavailableException)
        {
            batch.ForEach(operation => operation.Fail(failure));
        }
        else
        {
            // One of them is bad, and its neighbours must not suffer: each again, alone.
            foreach (var operation in batch)
            {
                Write([operation]);
            }
        }
    }

    private Exception? Transact(List<WriteOperation> batch)
    {
        try
        {
            _session.Text("BEGIN IMMEDIATE").Run();
            foreach (var operation in batch)
            {
                operation.Execute(_session);
            }

            _session.Text("COMMIT").Run();
            return null;
        }
        catch (Exception failure)
        {
            return Undo() ?? failure;
        }
    }

    private StoreUnavailableException? Undo()
    {
        try
        {
            if (_session.InTransaction)
            {
                _session.ResetAll();
                _session.Text("ROLLBACK").Run();
            }

            return null;
        }
        catch (Exception failure)
        {
            return new StoreUnavailableException("The store could not roll back.", failure);
        }
    }
}
