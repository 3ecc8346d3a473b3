using JobForge.Contracts.Ids;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Model;

namespace JobForge.Simulation.Drive;

/// <summary>Breaks what the seed's features allow to break, and mends everything at the end.</summary>
internal sealed class Chaos(SimulatedCluster cluster, Features features, Ledger ledger, RandomSource random)
{
    private readonly List<Task> _mending = [];
    private bool _over;

    /// <summary>When a silo was killed while nothing else was broken: its work must be somebody's two leases later.</summary>
    public event Action<DateTimeOffset>? Killed;

    /// <summary>Some silo, most times one with handlers at work: where it hurts.</summary>
    private SimulatedSilo? Some()
    {
        var serving = cluster.Silos.Where(silo => silo is { IsServing: true, IsStopping: false }).ToList();
        var working = serving.Where(silo => ledger.Effects.Exists(effect => effect.EndedAt is null && effect.Silo == silo.Name)).ToList();
        var candidates = working.Count > 0 && random.Next(4) > 0 ? working : serving;
        return candidates.Count == 0 ? null : candidates[random.Next(candidates.Count)];
    }

    public async Task RunAsync(Func<bool> goOn)
    {
        while (goOn())
        {
            await DelayAsync(500 + random.Next(6_000));
            if (goOn())
            {
                _mending.Add(BreakAsync());
            }
        }
    }

    /// <summary>Everything runs again: the store answers, clocks are right, as many silos as at the start serve.</summary>
    public async Task MendAsync()
    {
        _over = true;
        await Task.WhenAll(_mending);
        cluster.Store.Faults = new StoreFaults();
        cluster.Store.IsDown = false;
        while (cluster.Silos.Count < features.Silos)
        {
            await StartAsync();
        }
    }

    private Task BreakAsync()
    {
        var faults = new List<Func<Task>>();
        Offer(faults, Feature.Kills, KillAsync);
        Offer(faults, Feature.Stops, StopAsync);
        Offer(faults, Feature.Freezes, FreezeAsync);
        Offer(faults, Feature.ClockJumps, JumpAsync);
        Offer(faults, Feature.Outages, OutageAsync);
        return faults.Count == 0 ? Task.CompletedTask : faults[random.Next(faults.Count)]();
    }

    private void Offer(List<Func<Task>> faults, Feature feature, Func<Task> fault)
    {
        if (features.Has(feature))
        {
            faults.Add(fault);
        }
    }

    private async Task KillAsync()
    {
        // Sometimes all at once.
        var victims = random.Next(6) == 0 ? cluster.Silos.ToList() : [.. new[] { Some() }.OfType<SimulatedSilo>()];
        foreach (var silo in victims)
        {
            cluster.Kill(silo);
            ledger.SiloDied(silo.Name);
        }

        if (cluster.Silos.Count > 0)
        {
            Killed?.Invoke(ledger.Now);
        }

        await DelayAsync(random.Next(12_000));
        foreach (var _ in victims)
        {
            await StartAsync();
        }
    }

    private async Task StopAsync()
    {
        if (Some() is { } silo)
        {
            await StopAsync(silo);
            await StartAsync();
        }
    }

    private async Task StopAsync(SimulatedSilo silo)
    {
        try
        {
            await cluster.StopAsync(silo);
        }
        catch (Exception failure) when (failure is Runtime.Simulation.NodeLostException or Storage.StoreUnavailableException)
        {
            // It was killed while it stopped, or could not close its epoch: both are as good as a kill.
        }

        ledger.SiloDied(silo.Name);
    }

    private async Task FreezeAsync()
    {
        if (Some() is { } silo)
        {
            ledger.DisturbedSilos.Add(silo.Name);
            silo.Node.Freeze();
            await DelayAsync(random.Next(3) == 0 ? 500 + random.Next(9_000) : 9_000 + random.Next(14_000));
            silo.Node.Thaw();
        }
    }

    private async Task JumpAsync()
    {
        if (Some() is { } silo)
        {
            ledger.DisturbedSilos.Add(silo.Name);
            silo.Node.SetClock(TimeSpan.FromMilliseconds(random.Next(60_000) - 30_000));
            await DelayAsync(random.Next(20_000));
            silo.Node.SetClock(TimeSpan.Zero);
        }
    }

    private async Task OutageAsync()
    {
        cluster.Store.IsDown = true;
        await DelayAsync(300 + random.Next(16_000));
        cluster.Store.IsDown = false;
    }

    private async Task StartAsync()
    {
        while (true)
        {
            try
            {
                await cluster.StartSiloAsync();
                return;
            }
            catch (Exception failure) when (failure is Runtime.Simulation.NodeLostException)
            {
                // It was killed while it started.
                await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    private Task DelayAsync(int millis) => _over ? Task.CompletedTask : cluster.World.Observer.DelayAsync(TimeSpan.FromMilliseconds(millis));
}
