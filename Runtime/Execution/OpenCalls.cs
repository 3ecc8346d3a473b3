namespace JobForge.Runtime.Execution;

/// <summary>
/// The calls of one activation that wait or run across turns, so that their timeouts can be found from outside even while a turn hangs.
/// Calls that end within their first turn never come here, so the lock is not on the hot path.
/// </summary>
internal sealed class OpenCalls
{
    private readonly Lock _gate = new();
    private GrainCall? _first;

    public bool IsEmpty => Volatile.Read(ref _first) is null;

    public void Add(GrainCall call)
    {
        lock (_gate)
        {
            if (call.IsOpen)
            {
                return;
            }

            call.IsOpen = true;
            call.OpenBefore = null;
            call.OpenAfter = _first;
            if (_first is not null)
            {
                _first.OpenBefore = call;
            }

            _first = call;
        }
    }

    public void Remove(GrainCall call)
    {
        if (!call.IsOpen)
        {
            return;
        }

        lock (_gate)
        {
            if (call.OpenBefore is null)
            {
                _first = call.OpenAfter;
            }
            else
            {
                call.OpenBefore.OpenAfter = call.OpenAfter;
            }

            if (call.OpenAfter is not null)
            {
                call.OpenAfter.OpenBefore = call.OpenBefore;
            }

            (call.OpenBefore, call.OpenAfter, call.IsOpen) = (null, null, false);
        }
    }

    public void Visit(Action<GrainCall> visit)
    {
        lock (_gate)
        {
            for (var call = _first; call is not null; call = call.OpenAfter)
            {
                visit(call);
            }
        }
    }
}
