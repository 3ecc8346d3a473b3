namespace JobForge.Storage.Sqlite.Engine;

/// <summary>One caller's write. Its body may run twice (once more alone, when a neighbour of its batch failed), each time in a fresh transaction.</summary>
internal abstract class WriteOperation(int weight, CancellationToken cancel)
{
    /// <summary>About how many rows it writes; bounds a batch.</summary>
    public int Weight => weight;

    /// <summary>True when the caller gave up before the operation was taken; nothing is run then.</summary>
    public bool IsCanceled => cancel.IsCancellationRequested;

    public abstract void Execute(SqliteSession session);

    /// <summary>Answers the caller, after the commit.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception failure);

    public abstract void Cancel();
}

internal sealed class WriteOperation<T>(Func<SqliteSession, T> body, int weight, CancellationToken cancel) : WriteOperation(weight, cancel)
{
    private readonly CancellationToken _cancel = cancel;
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override void Execute(SqliteSession session) => _result = body(session);

    public override void Succeed() => _answer.TrySetResult(_result!);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);

    public override void Cancel() => _answer.TrySetCanceled(_cancel);
}
