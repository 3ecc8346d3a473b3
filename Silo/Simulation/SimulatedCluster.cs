using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Templates;
using JobForge.Grains.Interfaces;
using JobForge.Runtime.Simulation;
using JobForge.Storage;

namespace JobForge.Silo.Simulation;

/// <summary>
/// Several silos on one store in one thread, under virtual time: the real grains, loops and SQL. A scenario starts and breaks silos, calls them through
/// <see cref="SimulatedClient"/>, and is run by <see cref="Run"/>. The same setup with the same seed runs the same way, step by step.
/// </summary>
public sealed class SimulatedCluster : IDisposable
{
    private readonly List<SimulatedSilo> _silos = [];
    private int _starts;

    public SimulatedCluster(SimulationSetup setup)
    {
        Setup = setup;
        World = new SimulatedWorld(setup.Seed, setup.World);
        Store = new SimulatedStore(World, setup);
        Artifacts = new SimulatedArtifacts();
    }

    public SimulationSetup Setup { get; }

    public SimulatedWorld World { get; }

    public SimulatedStore Store { get; }

    /// <summary>Artifact contents, which outlive silos like the rows.</summary>
    public SimulatedArtifacts Artifacts { get; }

    /// <summary>Those that were started and have neither been killed nor stopped.</summary>
    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    /// <summary>A failure inside of the engine or a host's loop that no rule foresees: always a bug.</summary>
    public IList<string> InnerFailures { get; } = [];

    /// <summary>How often silos have logged each event id at warning and above: what a scenario has met on its way.</summary>
    public IDictionary<int, int> Logged { get; } = new Dictionary<int, int>();

    /// <summary>Runs the scenario to its end and everything else beside it.</summary>
    /// <exception cref="SimulationException">It does not end within <paramref name="atMost"/> of virtual time.</exception>
    public void Run(Func<Task> scenario, TimeSpan atMost) => World.Run(scenario, atMost);

    /// <summary>
    /// Starts one more silo: its registry is loaded and its lease open when the task ends. One that cannot start since the store does not answer is started
    /// again a second later, as whoever supervises processes would.
    /// </summary>
    public async Task<SimulatedSilo> StartSiloAsync()
    {
        while (true)
        {
            try
            {
                return await StartOnceAsync();
            }
            catch (StoreUnavailableException)
            {
                await World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Kill -9.</summary>
    public void Kill(SimulatedSilo silo)
    {
        _silos.Remove(silo);
        silo.Node.Kill();
        Store.Forget(silo);
    }

    /// <summary>An orderly stop, which drains.</summary>
    public async Task StopAsync(SimulatedSilo silo)
    {
        silo.IsStopping = true;
        try
        {
            await silo.StopAsync();
        }
        finally
        {
            Kill(silo);
        }
    }

    /// <summary>Creates tenants and enables the setup's templates, as an operator would.</summary>
    public async Task FurnishAsync(params IReadOnlyList<TenantId> tenants)
    {
        var caller = new Caller(KeyId: null, "furnish", "system");
        var silo = _silos[0];
        foreach (var tenant in tenants)
        {
            await silo.Node.InvokeAsync(() => silo.Grains.Registry().PutTenant(new TenantChange(caller, new TenantRequest(tenant, null, 1_000_000, null))));
        }

        foreach (var template in Setup.Templates.Where(template => !template.Enabled))
        {
            await silo.Node.InvokeAsync(() => silo.Grains.Registry().PatchTemplate(new TemplateChange(caller, template.TemplateKey, new TemplatePatch { Enabled = true })));
        }
    }

    public void Dispose() => Store.Dispose();

    private async Task<SimulatedSilo> StartOnceAsync()
    {
        _starts++;
        var silo = new SimulatedSilo(this, World.CreateNode($"silo-{_starts}"));
        _silos.Add(silo);
        try
        {
            await silo.StartAsync();
            return silo;
        }
        catch
        {
            _silos.Remove(silo);
            silo.Node.Kill();
            throw;
        }
    }
}
