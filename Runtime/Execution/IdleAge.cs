using Orleans;

namespace JobForge.Runtime.Execution;

/// <summary>How long an activation has been idle, and whether that is long enough to collect it. Times in units of the clock's timestamps.</summary>
internal sealed class IdleAge(Activation activation)
{
    private readonly TimeProvider _time = activation.Engine.Time;
    private long _lastUsed = activation.Engine.Time.GetTimestamp();
    private long _keptUntil = long.MinValue;

    public void Renew() => _lastUsed = _time.GetTimestamp();

    /// <summary>Holds off collection for the span; zero or less cancels that, an infinite one holds for ever.</summary>
    public void Delay(TimeSpan span)
    {
        var isForEver = span == Timeout.InfiniteTimeSpan || span == TimeSpan.MaxValue;
        _keptUntil = isForEver ? long.MaxValue
            : span <= TimeSpan.Zero ? long.MinValue
            : _time.GetTimestamp() + _time.ToTimestampUnits(span);
    }

    /// <summary>Deactivates when it has been idle for its class's age; called from any thread.</summary>
    public void CollectIfOver(long now)
    {
        if (IsOver(now))
        {
            activation.QueueAction(() =>
            {
                if (activation.IsServing && activation.Admission.IsIdle && IsOver(now))
                {
                    activation.Deactivate(
                        new DeactivationReason(DeactivationReasonCode.ActivationIdle, "The activation was idle for its collection age."));
                }
            });
        }
    }

    public bool IsOver(long now) => now >= _keptUntil && now - _lastUsed > activation.Class.CollectionAgeUnits(activation.Engine);
}

internal static class TimestampUnits
{
    /// <summary>The span in the clock's units; an infinite one as a number that can be added to a timestamp.</summary>
    public static long ToTimestampUnits(this TimeProvider time, TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan || span == TimeSpan.MaxValue ? long.MaxValue / 2 : (long)(span.TotalSeconds * time.TimestampFrequency);
}
