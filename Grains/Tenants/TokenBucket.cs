namespace JobForge.Grains.Tenants;

/// <summary>
/// The requests-per-minute limit: a bucket of one minute's size that refills evenly. Used within grain turns only, so it needs no lock.
/// It lives in memory: after a restart a tenant starts with a full bucket.
/// </summary>
public sealed class TokenBucket(TimeProvider time)
{
    private double? _level;
    private long _at;

    /// <summary>Takes <paramref name="count"/> at once or nothing. When refused, answers how long until it would fit; more than a minute's worth never does.</summary>
    public TimeSpan? Take(int count, int perMinute)
    {
        Refill(perMinute);
        if (_level >= count)
        {
            _level -= count;
            return null;
        }

        return TimeSpan.FromMinutes((Math.Min(count, perMinute) - _level!.Value) / perMinute);
    }

    private void Refill(int perMinute)
    {
        var now = time.GetTimestamp();
        var gained = _level is null ? perMinute : time.GetElapsedTime(_at, now).TotalMinutes * perMinute;
        _level = Math.Min(perMinute, (_level ?? 0) + gained);
        _at = now;
    }
}
