using System.Collections.Concurrent;

namespace JobForge.Storage.Postgres;

/// <summary>The epochs that this store opened: what happens to their jobs is known here, and other processes need not be told.</summary>
internal sealed class OwnEpochs
{
    private readonly ConcurrentDictionary<long, byte> _own = new();

    public void Add(long epoch) => _own[epoch] = 0;

    /// <summary>True when another process has the job in memory.</summary>
    public bool IsForeign(long? holder) => holder is { } epoch && !_own.ContainsKey(epoch);
}
