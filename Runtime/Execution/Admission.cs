namespace JobForge.Runtime.Execution;

/// <summary>
/// Which call may start beside those that run, and the line of those that may not. Used only within the activation's turns.
/// </summary>
internal sealed class Admission(Activation activation, bool isReentrant)
{
    private readonly LinkedList<GrainCall> _waiting = [];
    private Dictionary<Guid, int>? _sections;
    private GrainCall? _blocking;
    private int _overtakers;
    private bool _isScanning;

    public int Running { get; private set; }

    public bool IsIdle => Running == 0 && _waiting.Count == 0;

    public bool HasWaiting => _waiting.Count > 0;

    public bool MayStart(GrainCall call) =>
        Running == 0
        || isReentrant
        || _blocking is null
        || call.Method.AlwaysInterleave
        || (call.Method.ReadOnly && _blocking.Method.ReadOnly)
        || (_sections is not null && call.Context is { } context && _sections.ContainsKey(context.ReentrancyId));

    public void Started(GrainCall call)
    {
        Running++;
        if (_blocking is null && !call.Method.AlwaysInterleave)
        {
            _blocking = call;
        }
    }

    public void Ended(GrainCall call)
    {
        Running--;
        if (ReferenceEquals(_blocking, call))
        {
            _blocking = null;
        }
    }

    public void Wait(GrainCall call)
    {
        _waiting.AddLast(call);
        _overtakers += MayOvertake(call) ? 1 : 0;
    }

    /// <summary>
    /// Starts whatever may start, in order, past what may not. Calls that end at once come back here from within, hence the loop
    /// instead of a recursion.
    /// </summary>
    public void StartWaiting()
    {
        if (_isScanning)
        {
            return;
        }

        _isScanning = true;
        while (activation.IsServing && TakeStartable() is { } call)
        {
            activation.Start(call);
        }

        _isScanning = false;
    }

    /// <summary>Empties the line.</summary>
    public List<GrainCall> TakeAll()
    {
        var all = _waiting.ToList();
        _waiting.Clear();
        _overtakers = 0;
        return all;
    }

    /// <summary>Takes the calls out of the line whose callers no longer wait.</summary>
    public List<GrainCall> TakeAbandoned()
    {
        var abandoned = _waiting.Where(call => call.IsAbandoned).ToList();
        foreach (var call in abandoned)
        {
            _waiting.Remove(call);
            _overtakers -= MayOvertake(call) ? 1 : 0;
        }

        return abandoned;
    }

    public void EnterSection(Guid id)
    {
        if (id != Guid.Empty)
        {
            _sections ??= [];
            _sections[id] = _sections.GetValueOrDefault(id) + 1;
            // A call of this chain may already stand in the line, sent before the section was opened.
            StartWaiting();
        }
    }

    public void LeaveSection(Guid id)
    {
        if (_sections is not null && _sections.TryGetValue(id, out var depth))
        {
            if (depth > 1)
            {
                _sections[id] = depth - 1;
            }
            else
            {
                _sections.Remove(id);
            }
        }
    }

    private static bool MayOvertake(GrainCall call) =>
        call.Method.AlwaysInterleave || call.Method.ReadOnly || (call.Context is { } context && context.ReentrancyId != Guid.Empty);

    private GrainCall? TakeStartable()
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            var call = node.Value;
            if (MayStart(call))
            {
                _waiting.Remove(node);
                _overtakers -= MayOvertake(call) ? 1 : 0;
                return call;
            }

            if (_overtakers == 0)
            {
                // Nothing behind an ordinary call that must wait could start either, so a long line is not walked for each call.
                return null;
            }
        }

        return null;
    }
}
