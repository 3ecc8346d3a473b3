namespace JobForge.Contracts.Jobs;

/// <summary>Why a queued job is parked, out of the ready order and without an owner.</summary>
public enum JobHold
{
    /// <summary>Its template or tenant is paused. HoldWatch takes it out when that ends.</summary>
    Paused,

    /// <summary>It waits before a limit's gate. HoldWatch takes it out when the gate has room.</summary>
    Limit,

    /// <summary>It waits for the jobs that it requested. HoldWatch takes it out when none of them is open.</summary>
    Children,
}

public static class JobHolds
{
    /// <summary>The word in the store.</summary>
    public static string Word(this JobHold hold) => hold switch
    {
        JobHold.Paused => "paused",
        JobHold.Limit => "limit",
        JobHold.Children => "children",
        _ => throw new ArgumentOutOfRangeException(nameof(hold), hold, "A hold without a word."),
    };

    /// <exception cref="FormatException">The word is none of the three.</exception>
    public static JobHold Parse(string word) => word switch
    {
        "paused" => JobHold.Paused,
        "limit" => JobHold.Limit,
        "children" => JobHold.Children,
        _ => throw new FormatException($"No hold: {word}"),
    };

    /// <summary>What a held job shows as its status reason.</summary>
    public static string Reason(this JobHold hold) => hold switch
    {
        JobHold.Paused => StatusReasons.Paused,
        JobHold.Limit => StatusReasons.Limited,
        JobHold.Children => StatusReasons.WaitingForChildren,
        _ => throw new ArgumentOutOfRangeException(nameof(hold), hold, "A hold without a reason."),
    };
}
