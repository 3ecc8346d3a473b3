namespace JobForge.Grains.Tenants;

/// <summary>
/// Start-time fair queueing over tenants and priorities: each (tenant, priority) is a flow, and each job gets the tag
/// max(virtual time, the flow's last tag + 1 / weight). Jobs start by ascending tag, so a tenant with a million waiting jobs and a tenant with one
/// take turns, and the one sorts next to the head. Priority is a weight (2^priority): it never starves what is below it.
/// </summary>
public sealed class FairTags
{
    public const int MaxPriority = 10;

    private readonly double[] _last = new double[(2 * MaxPriority) + 1];

    /// <summary>Takes up where an earlier activation stopped: a tenant's new jobs sort behind its waiting ones.</summary>
    /// <param name="lastTags">The last tag given, by priority.</param>
    public void Restore(IReadOnlyDictionary<int, double> lastTags)
    {
        foreach (var (priority, tag) in lastTags)
        {
            _last[priority + MaxPriority] = Math.Max(_last[priority + MaxPriority], tag);
        }
    }

    /// <param name="virtualTime">The tag of the job that started last.</param>
    public double Next(int priority, double virtualTime)
    {
        var flow = priority + MaxPriority;
        return _last[flow] = Math.Max(virtualTime, _last[flow] + Math.Pow(2, -priority));
    }
}
