using System.Globalization;

namespace JobForge.Runtime.Simulation;

/// <summary>What happened: a hash of every step, and on demand the last lines as text.</summary>
public sealed class WorldTrace
{
    private const ulong Prime = 1099511628211;

    private readonly SimulatedWorld _world;
    private readonly Queue<string> _lines = [];
    private readonly int _keep;
    private ulong _hash = 14695981039346656037;

    internal WorldTrace(SimulatedWorld world, int keep) => (_world, _keep) = (world, keep);

    /// <summary>Equal for two runs of one seed. Different seeds differ.</summary>
    public ulong Hash => _hash;

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>False: lines are not kept, so that nobody needs to make them.</summary>
    public bool KeepsLines => _keep > 0;

    /// <summary>Counts into the hash and, when lines are kept, adds one.</summary>
    public void Note(SimulatedNode node, string what, object? detail = null)
    {
        foreach (var one in what)
        {
            Mix(one);
        }

        Keep(node, what, detail);
    }

    /// <summary>Adds a line when lines are kept. It does not count: what is only said when somebody listens is no step.</summary>
    public void Keep(SimulatedNode node, string what, object? detail = null)
    {
        if (!KeepsLines)
        {
            return;
        }

        if (_lines.Count == _keep)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{_world.Elapsed.TotalSeconds,12:F6} {node.Name,-10} {what} {detail}"));
    }

    internal void Mix(int node, int ready)
    {
        Mix((ulong)_world.Ticks);
        Mix(((ulong)(uint)node << 32) | (uint)ready);
    }

    private void Mix(ulong value) => _hash = (_hash ^ value) * Prime;
}
