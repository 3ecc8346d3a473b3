using System.Collections.Concurrent;

namespace JobForge.Gateway.Access;

/// <summary>A token bucket for each key, refilled steadily. Full buckets are forgotten, so memory follows who is active.</summary>
public sealed class TokenBuckets(TimeProvider time, double perSecond, double burst)
{
    private const int SweepAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes a token. False when there is none; then <paramref name="wait"/> says when the next one comes.</summary>
    public bool TryTake(string key, out TimeSpan wait)
    {
        var bucket = Find(key);
        lock (bucket)
        {
            Refill(bucket);
            if (bucket.Tokens < 1)
            {
                wait = TimeSpan.FromSeconds((1 - bucket.Tokens) / perSecond);
                return false;
            }

            bucket.Tokens--;
            wait = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Whether a token is there, without taking it.</summary>
    public bool IsEmpty(string key, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            return false;
        }

        lock (bucket)
        {
            Refill(bucket);
            wait = TimeSpan.FromSeconds(Math.Max(0, (1 - bucket.Tokens) / perSecond));
            return bucket.Tokens < 1;
        }
    }

    private Bucket Find(string key)
    {
        if (_buckets.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_buckets.Count > SweepAbove)
        {
            Sweep();
        }

        return _buckets.GetOrAdd(key, static (_, state) => new() { Tokens = state.Burst, At = state.Now }, (Burst: burst, Now: time.GetTimestamp()));
    }

    private void Sweep()
    {
        foreach (var (key, bucket) in _buckets)
        {
            lock (bucket)
            {
                Refill(bucket);
                if (bucket.Tokens >= burst)
                {
                    _buckets.TryRemove(KeyValuePair.Create(key, bucket));
                }
            }
        }
    }

    private void Refill(Bucket bucket)
    {
        var now = time.GetTimestamp();
        bucket.Tokens = Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
        bucket.At = now;
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }
    }
}
