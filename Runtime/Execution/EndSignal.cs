namespace JobForge.Runtime.Execution;

/// <summary>An end that may be waited for from any thread; the task is made for those who ask. A mutable value: keep it in a field.</summary>
internal struct EndSignal
{
    private TaskCompletionSource? _source;
    private volatile bool _isOver;

    public Task Task
    {
        get
        {
            var source = _source ?? Interlocked.CompareExchange(ref _source, new(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _source;
            if (_isOver)
            {
                source.TrySetResult();
            }

            return source.Task;
        }
    }

    public void Set()
    {
        _isOver = true;
        // Against a simultaneous question: either this sees who asks, or he sees that it is over.
        Interlocked.MemoryBarrier();
        _source?.TrySetResult();
    }
}
