using JobForge.Contracts.Ids;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Simulation;

namespace JobForge.Simulation.Model;

/// <summary>
/// What one seed uses. Each seed switches a random part of everything on: with all of it on at once, the features would hide each other's faults.
/// </summary>
internal sealed record Features
{
    public required IReadOnlySet<Feature> On { get; init; }

    public required int Silos { get; init; }

    public required int Slots { get; init; }

    public required int Clients { get; init; }

    public required int Actions { get; init; }

    private static readonly Feature[] Faults =
        [Feature.Kills, Feature.Stops, Feature.Freezes, Feature.ClockJumps, Feature.StoreErrors, Feature.StoreDelays, Feature.Outages, Feature.CallFaults];

    /// <summary>Nothing breaks: what must come out is known exactly.</summary>
    public bool Calm => !Faults.Any(Has);

    /// <summary>Something may keep a process from renewing its lease although it lives, so that its work is taken over beside it.</summary>
    public bool LeasesMayBeLost => Has(Feature.Freezes) || Has(Feature.ClockJumps) || Has(Feature.Outages) || Has(Feature.StoreDelays);

    public bool Has(Feature feature) => On.Contains(feature);

    /// <summary>A process can be taken over behind its back only where it was frozen itself.</summary>
    public bool OnlyFreezesCostLeases => !Has(Feature.ClockJumps) && !Has(Feature.Outages) && !Has(Feature.StoreDelays);

    /// <summary>A fifth of the seeds is calm, so that the strictest rules are asked often; one in fourteen is about fairness alone.</summary>
    public static Features Draw(RandomSource random)
    {
        var calm = random.Next(5) == 0;
        var fairness = random.Next(14) == 0;
        HashSet<Feature> on = fairness ? [Feature.Noise, Feature.Priorities, Feature.Bulk] : Enum.GetValues<Feature>().Where(feature => random.Next(100) < Odds(feature) && !(calm && Faults.Contains(feature))).ToHashSet();
        return new Features
        {
            On = on,
            Silos = fairness ? 1 : 1 + random.Next(3),
            Slots = 1 + random.Next(6),
            Clients = 2 + random.Next(3),
            Actions = 6 + random.Next(14),
        };
    }

    public StoreFaults Store => new()
    {
        FailBefore = Has(Feature.StoreErrors) ? 0.015 : 0,
        FailAfter = Has(Feature.StoreErrors) ? 0.015 : 0,
        Delay = Has(Feature.StoreDelays) ? 0.01 : 0,
        LoseSignal = Calm ? 0 : 0.2,
    };

    public LinkFaults Link => Has(Feature.CallFaults)
        ? new LinkFaults { LoseRequest = 0.03, LoseAnswer = 0.03, Repeat = 0.05, Delay = 0.05 }
        : LinkFaults.None;

    public override string ToString() => $"{Silos} silos, {Slots} slots, {Clients} clients: {string.Join(", ", On.Order())}";

    private static int Odds(Feature feature) => feature switch
    {
        Feature.ClockJumps or Feature.Outages or Feature.StoreDelays => 20,
        Feature.Noise => 20,
        Feature.Freezes or Feature.Kills or Feature.StoreErrors or Feature.CallFaults => 40,
        _ => 50,
    };
}

internal enum Feature
{
    Kills,
    Stops,
    Freezes,
    ClockJumps,
    StoreErrors,
    StoreDelays,
    Outages,
    CallFaults,
    Keys,
    Bulk,
    Events,
    RunAt,
    Cancel,
    Retry,
    Reschedule,
    Priorities,
    Tokens,
    Limits,
    TenantLimits,
    Pauses,
    Expiry,
    Timeouts,
    Children,
    Slow,
    Failures,
    Deaf,
    Noise,
}
