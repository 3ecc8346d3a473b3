
namespace JobForge.Runtime.Execution;

/// <summary>
/// Ends the calls whose response timeout has passed. An activation registers itself when it wakes and stays listed while it holds calls,
/// so an idle engine has nothing to look at and a call that is answered within a period costs nothing.
/// </summary>
internal sealed class OverdueCalls(EngineCore engine) : IDisposable
{
    private CallWatch? _watched;
    private ITimer? _timer;

    /// <summary>How late a timeout may be noticed.</summary>
    private static TimeSpan Period => TimeSpan.FromSeconds(1);

    public void Start() => _timer = engine.Time.CreateTimer(static self => ((OverdueCalls)self!).EndOverdue(), this, Period, Period);

    public void Watch(CallWatch watch)
    {
        var top = Volatile.Read(ref _watched);
        while (true)
        {
            watch.Next = top;
            var seen = Interlocked.CompareExchange(ref _watched, watch, top);
            if (ReferenceEquals(seen, top))
            {
                return;
            }

            top = seen;
        }
    }

    /// <summary>Ends all calls that are still open with the error.</summary>
    public void RejectAll(Exception error) => Visit(call => call.Reject(error));

    public void Dispose() => _timer?.Dispose();

    private void EndOverdue()
    {
        var now = engine.Time.GetTimestamp();
        Visit(call =>
        {
            if (call.Deadline <= now && !call.IsAbandoned)
            {
                call.Reject(new TimeoutException($"There was no answer to {call.Method} of {call.Target?.GrainId} within the response timeout."));
            }
        });
    }

    private void Visit(Action<GrainCall> visit)
    {
        var next = Interlocked.Exchange(ref _watched, null);
        while (next is { } watch)
        {
            next = watch.Next;
            watch.Visit(visit);
            if (!watch.TryEnd())
            {
                Watch(watch);
            }
        }
    }
}
