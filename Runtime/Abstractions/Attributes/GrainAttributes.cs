using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Fixes the stored name of a grain class, so that the class can be renamed.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    internal GrainType Name { get; } = GrainType.Create(grainType);
}

/// <summary>How long an activation of this class may be idle before it is collected; at least one minute.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CollectionAgeLimitAttribute : Attribute
{
    private readonly TimeSpan? _fixed;

    public CollectionAgeLimitAttribute()
    {
    }

    /// <param name="inactivityPeriod">A span in its invariant text form, such as <c>00:05:00</c>.</param>
    public CollectionAgeLimitAttribute(string inactivityPeriod) => _fixed = TimeSpan.Parse(inactivityPeriod, CultureInfo.InvariantCulture);

    public double Days { get; init; }

    public double Hours { get; init; }

    public double Minutes { get; init; }

    public bool AlwaysActive { get; init; }

    internal TimeSpan Amount
    {
        get
        {
            var asked = AlwaysActive
                ? TimeSpan.MaxValue
                : _fixed ?? TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
            return asked > TimeSpan.FromMinutes(1) ? asked : TimeSpan.FromMinutes(1);
        }
    }
}

/// <summary>Activations of this class are never collected for being idle.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeepAliveAttribute : Attribute
{
}

/// <summary>How long a caller of this interface method waits for the answer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}

/// <summary>Values of this type, or of this parameter or result, never change, so both sides share them.</summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Property | AttributeTargets.Field
    | AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
public sealed class ImmutableAttribute : Attribute
{
}
