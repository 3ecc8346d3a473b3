namespace JobForge.Runtime.Execution;

/// <summary>
/// Carries a caller's cancellation to the callee: the caller's task ends at once, a queued call never starts, and the token of a running
/// one is signalled in a turn of the callee, so that its callbacks keep to the turn rule.
/// </summary>
internal sealed class CallCancellation : Turn, IDisposable
{
    private readonly GrainCall _call;
    private readonly CancellationToken _callers;
    private readonly CancellationTokenSource _callees = new();
    private CancellationTokenRegistration _registration;

    private CallCancellation(GrainCall call, CancellationToken callers)
    {
        _call = call;
        _callers = callers;
    }

    /// <summary>Puts a token of the callee's own in the place of the caller's.</summary>
    public static void Attach(GrainCall call)
    {
        var cancellation = new CallCancellation(call, call.Token);
        call.Cancellation = cancellation;
        call.Token = cancellation._callees.Token;
        cancellation._registration = cancellation._callers.UnsafeRegister(static one => ((CallCancellation)one!).OnCanceled(), cancellation);
    }

    public void Dispose() => _registration.Unregister();

    internal override void Run(TurnQueue queue)
    {
        ((Activation)queue).DropAbandoned();
        _callees.Cancel();
    }

    private void OnCanceled()
    {
        _call.Cancel(_callers);
        // Against a simultaneous Receive: either this sees the host, or the host sees the abandoned call.
        Interlocked.MemoryBarrier();
        _call.Host?.Enqueue(this);
    }
}
