namespace JobForge.Storage.Sqlite;

/// <summary>
/// The epochs that are open, as the writer's thread knows them; it alone touches this. Asking the table at every admission would cost a fifth
/// of it. Only an embedded store may remember so: it is the one process, and starts with no epoch open. Should a transaction be rolled
/// back after a removal, the epoch merely owns nothing new until it ends, and its jobs are free for others.
/// </summary>
internal sealed class OpenEpochs
{
    private readonly HashSet<long> _open = [];

    public void Add(long epoch) => _open.Add(epoch);

    public void Remove(long epoch) => _open.Remove(epoch);

    /// <summary>The owner that a new job is written with: an epoch that is not open owns nothing new, and the job is free for others to take.</summary>
    public long? OwnerOrNull(long? epoch) => epoch is { } number && _open.Contains(number) ? number : null;
}
