namespace JobForge.Runtime.Simulation;

/// <summary>A piece of work that is ready.</summary>
internal readonly struct WorldItem
{
    private readonly SynchronizationContext _context;
    private readonly SendOrPostCallback _callback;
    private readonly object? _state;

    public WorldItem(SimulatedNode node, SynchronizationContext context, SendOrPostCallback callback, object? state)
    {
        (Node, _context, _callback, _state) = (node, context, callback, state);
    }

    public SimulatedNode Node { get; }

    public void Run()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            _callback(_state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }
}
