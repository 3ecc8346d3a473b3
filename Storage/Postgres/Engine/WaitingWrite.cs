namespace JobForge.Storage.Postgres.Engine;

/// <summary>One caller's item, from its arrival to its answer.</summary>
internal sealed class WaitingWrite<TItem, TAnswer>(TItem item, int weight, CancellationToken cancel)
{
    // A caller's continuation must not run on the lane, which has the next batch to write.
    private readonly TaskCompletionSource<TAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TItem Item => item;

    public int Weight => weight;

    public Task<TAnswer> Answer => _answer.Task;

    /// <summary>True when the caller gave up before the item was taken; it is answered then, and nothing is written.</summary>
    public bool Dropped() => cancel.IsCancellationRequested && _answer.TrySetCanceled(cancel);

    public void Succeed(TAnswer answer) => _answer.TrySetResult(answer);

    public void Fail(Exception failure) => _answer.TrySetException(failure);
}
