namespace JobForge.Silo.Execution;

/// <summary>
/// Wakes one loop. It stays set until the loop waits again, so a signal given between a look and the wait is not lost, and many given meanwhile are one.
/// After a wait the loop looks, and may be sent to look once more than needed. A wait that was given up (a timeout) stays in place for the next one.
/// </summary>
public sealed class Signal
{
    private static readonly TaskCompletionSource IsSet = new();

    /// <summary>Null: not set and nobody waits. <see cref="IsSet"/>: set. Else: who waits.</summary>
    private TaskCompletionSource? _state;
    private Task? _waiting;

    public void Set()
    {
        // An exchange even when it is set already: it orders what the caller has just written before the loop's next look.
        if (Interlocked.Exchange(ref _state, IsSet) is { } waiter && !ReferenceEquals(waiter, IsSet))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Ends when it is set. For one waiter at a time.</summary>
    public Task WaitAsync()
    {
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _state, null, IsSet), IsSet))
        {
            var waiter = Volatile.Read(ref _state) ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!ReferenceEquals(waiter, IsSet) && Interlocked.CompareExchange(ref _state, waiter, null) is var before && (before is null || ReferenceEquals(before, waiter)))
            {
                return waiter.Task;
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends when it is set, when the time is over or when canceled, and never throws.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancel)
    {
        // A timeout is cut off to whole milliseconds, and the rest of one would be waited out by spinning.
        var whole = TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds));
        await WaitHereAsync().WaitAsync(whole, time, cancel).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends where the waiter runs, so that a caller's own scheduler sees every step of it. A wait that was given up is taken up again.</summary>
    private Task WaitHereAsync()
    {
        return _waiting is { IsCompleted: false } ? _waiting : _waiting = AwaitAsync();

        async Task AwaitAsync() => await WaitAsync();
    }
}
