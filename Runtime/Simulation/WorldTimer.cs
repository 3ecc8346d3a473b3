namespace JobForge.Runtime.Simulation;

/// <summary>A timer of a node's clock. Its callback is work of the node like any other: it waits while the node stands still and dies with it.</summary>
internal sealed class WorldTimer(SimulatedNode node, TimerCallback callback, object? state) : ITimer
{
    private long _round;
    private TimeSpan _period;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed)
        {
            return false;
        }

        _round++;
        _period = period;
        if (dueTime >= TimeSpan.Zero)
        {
            node.World.Arm(this, dueTime, _round);
        }

        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _round++;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Fire(long round)
    {
        if (round != _round)
        {
            return;
        }

        node.PostTimer(static one => ((WorldTimer)one!).Call(), this);
        if (_period > TimeSpan.Zero)
        {
            node.World.Arm(this, _period, round);
        }
    }

    private void Call()
    {
        if (!_isDisposed)
        {
            callback(state);
        }
    }

    /// <summary>A setting of the timer; a later one makes it void.</summary>
    internal readonly record struct Round(WorldTimer Timer, long Number)
    {
        public void Fire() => Timer.Fire(Number);
    }
}
