using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>
/// The backlog cap. Counting a backlog costs time that grows with it, so this keeps an upper bound (the last count, what was on its way to the store
/// then, and all taken since) and counts again only when the bound reaches the cap, at most once a second. Requests pass each other
/// while a count is under way; checking and taking a place is one step without a wait, so that they cannot pass the cap together.
/// </summary>
public sealed class QueuedJobs(IJobStore jobs, TimeProvider time, TenantId tenant)
{
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private int? _upperBound;
    private int _uncommitted;
    private int _beyondCount;
    private long _countedAt;
    private Task? _counting;

    /// <summary>Takes a place for one more job when it fits under the cap. Each place taken is settled once.</summary>
    public async ValueTask<bool> TryTake(int cap)
    {
        if (_upperBound is null || (_upperBound >= cap && time.GetElapsedTime(_countedAt) >= CountEvery))
        {
            await ShareCount(cap);
        }

        if (_upperBound >= cap)
        {
            return false;
        }

        Add(1);
        _uncommitted++;
        return true;
    }

    /// <summary>The job is in the store, or nothing became of it and its place is free again.</summary>
    public void Settle(bool admitted)
    {
        _uncommitted--;
        if (!admitted)
        {
            Add(-1);
        }
    }

    private async Task ShareCount(int cap)
    {
        var counting = _counting ??= Count(cap);
        try
        {
            await counting;
        }
        finally
        {
            if (_counting == counting)
            {
                _counting = null;
            }
        }
    }

    private async Task Count(int cap)
    {
        // What is on its way may or may not be in the count; an upper bound has it in.
        (_countedAt, _beyondCount) = (time.GetTimestamp(), _uncommitted);
        _upperBound = await jobs.CountQueuedAsync(tenant, cap, CancellationToken.None) + _beyondCount;
    }

    private void Add(int count)
    {
        _upperBound += count;
        _beyondCount += count;
    }
}
