using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>What the engine knows about an interface method; read once, when the proxy is made.</summary>
internal sealed record MethodShape(string Interface, string Name)
{
    public bool AlwaysInterleave { get; init; }

    public bool ReadOnly { get; init; }

    public bool OneWay { get; init; }

    public TimeSpan? ResponseTimeout { get; init; }

    public override string ToString() => $"{Interface}.{Name}";
}

/// <summary>
/// One call on its way. The emitted subclasses add the arguments and a direct call of the method. The caller's task ends exactly once:
/// by the outcome, a timeout, a cancellation or a rejection, whichever is first.
/// </summary>
internal abstract class GrainCall(MethodShape method) : Turn
{
    private volatile bool _isAbandoned;

    internal MethodShape Method { get; } = method;

    internal GrainReference? Target { get; set; }

    internal FlowingContext? Context { get; set; }

    /// <summary>In units of the engine's timestamps.</summary>
    internal long Deadline { get; set; } = long.MaxValue;

    internal CallCancellation? Cancellation { get; set; }

    /// <summary>The activation that has received the call.</summary>
    internal Activation? Host { get; set; }

    /// <summary>The task of the method, once it has been started and has not ended at once.</summary>
    internal Task? Outcome { get; set; }

    /// <summary>How many activations in a row passed the call on without having run anything.</summary>
    internal int FruitlessForwards { get; set; }

    internal GrainCall? OpenBefore { get; set; }

    internal GrainCall? OpenAfter { get; set; }

    internal bool IsOpen { get; set; }

    /// <summary>The caller no longer waits; if the call has not started, it must not.</summary>
    internal bool IsAbandoned => _isAbandoned;

    /// <summary>False for what must not keep an idle activation alive.</summary>
    internal virtual bool RenewsAge => true;

    /// <summary>True for work that dies with its activation instead of being forwarded.</summary>
    internal virtual bool IsLocal => false;

    /// <summary>The method's CancellationToken argument, if it has one.</summary>
    public virtual CancellationToken Token
    {
        get => default;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes the arguments independent of the caller's, where their types need it.</summary>
    public virtual void CopyArguments()
    {
    }

    public abstract Task Invoke(object target);

    internal void Complete(Task outcome)
    {
        Cancellation?.Dispose();
        SetOutcome(outcome);
    }

    internal void Reject(Exception error)
    {
        _isAbandoned = true;
        Cancellation?.Dispose();
        SetException(error);
    }

    internal void Cancel(CancellationToken token)
    {
        _isAbandoned = true;
        SetCanceled(token);
    }

    /// <summary>The method's task has ended; what follows is a turn of the host.</summary>
    internal void ReturnToHost() => Host!.Enqueue(this);

    internal override void Run(TurnQueue queue)
    {
        var activation = (Activation)queue;
        if (Outcome is { } outcome)
        {
            activation.End(this, outcome);
        }
        else
        {
            activation.Receive(this);
        }
    }

    private protected abstract void SetOutcome(Task outcome);

    private protected abstract void SetException(Exception error);

    private protected abstract void SetCanceled(CancellationToken token);
}

/// <summary>A call without a result. One-way calls have no one who waits.</summary>
internal abstract class PlainCall : GrainCall
{
    private readonly TaskCompletionSource? _source;

    protected PlainCall(MethodShape method) : base(method)
    {
        // The callers' code must never run inside of the callee's turn.
        _source = method.OneWay ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal Task Completion => _source?.Task ?? Task.CompletedTask;

    private protected override void SetOutcome(Task outcome)
    {
        if (_source is not null)
        {
            _source.TrySetFromTask(outcome);
        }
        else if (outcome.IsFaulted)
        {
            EngineLog.OneWayFailed(Target!.Engine.Log, Method.ToString(), Target.GrainId.ToString(), outcome.Exception.InnerException!);
        }
    }

    private protected override void SetException(Exception error) => _source?.TrySetException(error);

    private protected override void SetCanceled(CancellationToken token) => _source?.TrySetCanceled(token);
}

internal abstract class ResultCall<TResult> : GrainCall
{
    private readonly TaskCompletionSource<TResult> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected ResultCall(MethodShape method) : base(method)
    {
    }

    internal Task<TResult> Completion => _source.Task;

    /// <summary>Makes the result independent of the callee's; the emitted class overrides it where the type needs it.</summary>
    public virtual TResult CopyResult(TResult result) => result;

    private protected override void SetOutcome(Task outcome)
    {
        if (outcome.IsCompletedSuccessfully)
        {
#pragma warning disable VSTHRD002 // The task has completed.
            _source.TrySetResult(CopyResult(((Task<TResult>)outcome).Result));
#pragma warning restore VSTHRD002
        }
        else
        {
            _source.TrySetFromTask((Task<TResult>)outcome);
        }
    }

    private protected override void SetException(Exception error) => _source.TrySetException(error);

    private protected override void SetCanceled(CancellationToken token) => _source.TrySetCanceled(token);
}
