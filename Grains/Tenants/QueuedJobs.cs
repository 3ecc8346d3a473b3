using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>
/// The backlog cap. Counting a backlog costs time that grows with it, so this keeps an upper bound (the last count and all admitted since) and counts
/// again only when the bound reaches the cap, at most once a second.
/// </summary>
public sealed class QueuedJobs(IJobStore jobs, TimeProvider time, TenantId tenant)
{
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private int? _upperBound;
    private long _countedAt;

    /// <summary>True when <paramref name="count"/> more fit under the cap.</summary>
    public async ValueTask<bool> HasRoom(int count, int cap)
    {
        if (_upperBound is null || (_upperBound + count > cap && time.GetElapsedTime(_countedAt) >= CountEvery))
        {
            _countedAt = time.GetTimestamp();
            _upperBound = await jobs.CountQueuedAsync(tenant, cap, CancellationToken.None);
        }

        return _upperBound + count <= cap;
    }

    public void Admitted(int count) => _upperBound += count;
}
