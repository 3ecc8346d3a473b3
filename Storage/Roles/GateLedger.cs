using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;

namespace JobForge.Storage.Roles;

/// <summary>
/// What one opening of a gate counts: pure, so that every store lets the same jobs through. A rate is a bucket that holds a second's worth (one start at
/// least) and refills evenly: starts are spread over the minute instead of coming in bursts at its edges.
/// </summary>
/// <param name="tenantPassed">Jobs of the tenant that have passed any gate and not ended.</param>
/// <param name="keyPassed">Those of them with this gate's key.</param>
/// <param name="keyBucket">The key's bucket as it was left; null: full.</param>
public sealed class GateLedger(GateLimits tenant, int tenantPassed, GateBucket? tenantBucket, int keyPassed, GateBucket? keyBucket, DateTimeOffset now)
{
    private const double MillisAMinute = 60_000;

    private int _tenantPassed = tenantPassed;
    private int _keyPassed = keyPassed;

    /// <summary>The tenant's bucket as it is left; null when its limits name no rate.</summary>
    public GateBucket? TenantBucket { get; private set; } = tenant.StartsPerMinute is { } rate ? GateBucket.Refill(tenantBucket, rate, now) : null;

    /// <summary>The key's bucket as it is left; null until a job with a rate was looked at.</summary>
    public GateBucket? KeyBucket { get; private set; } = keyBucket;

    /// <summary>When the job that was refused last will find what its rate lacks; null when it lacks something else.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>Whether the next job in fair order passes; if it does, it is counted. After a refusal nothing behind it may pass.</summary>
    /// <param name="limit">The job's own limit; null when only the tenant's hold.</param>
    public bool TryPass(JobLimit? limit)
    {
        if (limit?.StartsPerMinute is { } refilled)
        {
            KeyBucket = GateBucket.Refill(KeyBucket, refilled, now);
        }

        if (_tenantPassed >= (tenant.MaxRunning ?? int.MaxValue) || _keyPassed >= (limit?.MaxRunning ?? int.MaxValue))
        {
            return false;
        }

        if (NextToken(TenantBucket, tenant.StartsPerMinute) is { } tenantNext)
        {
            NextAt = tenantNext;
            return false;
        }

        if (limit?.StartsPerMinute is { } perMinute && NextToken(KeyBucket, perMinute) is { } keyNext)
        {
            NextAt = keyNext;
            return false;
        }

        TenantBucket = TenantBucket?.Less();
        KeyBucket = limit?.StartsPerMinute is null ? KeyBucket : KeyBucket!.Value.Less();
        _tenantPassed++;
        _keyPassed++;
        return true;
    }

    private static DateTimeOffset? NextToken(GateBucket? bucket, int? perMinute) =>
        bucket is { Tokens: < 1 } empty ? empty.At.AddMilliseconds(Math.Ceiling(((1 - empty.Tokens) * MillisAMinute / perMinute!.Value) - GateBucket.Rounding)) : null;
}

/// <param name="At">When <paramref name="Tokens"/> was right.</param>
public readonly record struct GateBucket(double Tokens, DateTimeOffset At)
{
    /// <summary>After this long untouched every bucket is full, so its row says nothing more.</summary>
    public static TimeSpan FullAfter { get; } = TimeSpan.FromMinutes(2);

    // A token that lacks a rounding error counts as whole: the instant that was announced for it must suffice.
    internal const double Rounding = 1e-6;

    public static GateBucket Refill(GateBucket? left, int perMinute, DateTimeOffset now)
    {
        // Whole milliseconds, as the stores keep them: what a store would cut off would be gained twice.
        var at = Timestamp.Truncate(now);
        var full = Math.Max(1, perMinute / 60.0);
        var gained = left is { } known ? known.Tokens + (Math.Max(0, (at - known.At).TotalMinutes) * perMinute) : full;
        return new GateBucket(gained >= 1 - Rounding ? Math.Clamp(gained, 1, full) : gained, at);
    }

    public GateBucket Less() => this with { Tokens = Tokens - 1 };
}
