using System.Collections.Concurrent;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>Read-only connections beside the writer's. In WAL mode neither side waits for the other.</summary>
public sealed class SqliteReaders(SqliteStoreOptions options) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private readonly SemaphoreSlim _slots = new(options.Readers);

    /// <summary>Runs <paramref name="read"/> on a pooled connection, off the caller's thread: a page may have to come from disk.</summary>
    public async Task<T> RunAsync<T>(Func<SqliteSession, T> read, CancellationToken cancel)
    {
        if (options.Schedule is { } schedule)
        {
            return await LaterAsync(read, schedule);
        }

        await _slots.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => WithSession(read), cancel);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _slots.Dispose();
    }

    private Task<T> LaterAsync<T>(Func<SqliteSession, T> read, Action<Action> schedule)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        schedule(() =>
        {
            try
            {
                answer.SetResult(WithSession(read));
            }
            catch (Exception failure)
            {
                answer.SetException(failure);
            }
        });
        return answer.Task;
    }

    private T WithSession<T>(Func<SqliteSession, T> read)
    {
        if (!_idle.TryTake(out var session))
        {
            session = SqliteSession.Open(options.Path, readOnly: true, options.BusyTimeout, options.Rewrite);
        }

        try
        {
            return read(session);
        }
        finally
        {
            // A statement left in the middle would pin an old snapshot and keep the log from being cut.
            session.ResetAll();
            _idle.Add(session);
        }
    }
}
