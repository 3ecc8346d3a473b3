namespace JobForge.Runtime.Execution;

/// <summary>How the engine finds the calls that an activation holds, from any thread and even while a turn hangs.</summary>
internal sealed class CallWatch(Activation activation)
{
    private Activation? _activation = activation;
    private int _isWatched;

    /// <summary>The calls that wait or run across turns.</summary>
    public OpenCalls Open { get; } = new();

    /// <summary>The link of the engine's list.</summary>
    public CallWatch? Next { get; set; }

    /// <summary>Puts the activation on the engine's list, if it is not there.</summary>
    public void Begin()
    {
        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0 && _activation is { } activation)
        {
            activation.Engine.Overdue.Watch(this);
        }
    }

    /// <summary>
    /// The activation has died and holds no calls any more. The engine's list is walked once a second only; an entry must not keep alive until then what
    /// may be one run of tens of thousands a second.
    /// </summary>
    public void Forget() => _activation = null;

    /// <summary>Ends the watch unless calls are still under way.</summary>
    public bool TryEnd()
    {
        if (HoldsCalls)
        {
            return false;
        }

        Interlocked.Exchange(ref _isWatched, 0);
        // A call that came in this moment either began the watch again or is found here.
        return !HoldsCalls || Interlocked.Exchange(ref _isWatched, 1) == 1;
    }

    /// <summary>Visits each call whose caller may wait.</summary>
    public void Visit(Action<GrainCall> visit)
    {
        if (_activation is not { } activation)
        {
            return;
        }

        if (activation.InFirstTurn is { } running)
        {
            visit(running);
        }

        Open.Visit(visit);
        activation.VisitQueued(turn =>
        {
            if (turn is GrainCall call)
            {
                visit(call);
            }
        });
    }

    private bool HoldsCalls => _activation is { } activation && (!activation.IsAsleep || !Open.IsEmpty);
}
