using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Execution;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Audit;
using JobForge.Simulation.Model;
using JobForge.Simulation.Plants;

namespace JobForge.Simulation.Drive;

/// <summary>What became of one seed.</summary>
internal sealed record Verdict(ulong Seed, Features Features, PlantedBug Bug)
{
    public IReadOnlyList<string> Violations { get; init; } = [];

    public ulong Hash { get; init; }

    public long Steps { get; init; }

    public TimeSpan Lasted { get; init; }

    public int Jobs { get; init; }

    /// <summary>What silos warned of, by event id.</summary>
    public IReadOnlyDictionary<int, int> Logged { get; init; } = new Dictionary<int, int>();

    public IReadOnlyCollection<string> Trace { get; init; } = [];

    public bool Held => Violations.Count == 0;

    public string Text =>
        $"""
        Seed {Seed} broke a promise{(Bug == PlantedBug.None ? "" : $" (planted: {Bug})")}.
        {Features}
        {string.Join('\n', Violations)}
        Replay: dotnet run --project tests/Simulation -- --seed {Seed}{(Bug == PlantedBug.None ? "" : $" --bug {Bug}")}
        """;
}

/// <summary>One seed from its first step to the auditor's word.</summary>
internal static class SeedRun
{
    /// <summary>After the last fault, everything that was acknowledged must be over within this.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(15);

    /// <summary>Twenty times what a seed usually takes.</summary>
    private const long MostSteps = 400_000;

    private static readonly TimeSpan Lease = new ExecutionOptions().Lease;

    public static Verdict Run(ulong seed, PlantedBug bug = PlantedBug.None, int traceLines = 0, Action<SimulatedCluster>? before = null, Action<SimulatedCluster>? after = null)
    {
        var draw = RandomSource.Seeded(seed ^ 0x5EED);
        var features = Features.Draw(draw);
        Ledger? ledger = null;
        using var cluster = new SimulatedCluster(Plant.Into(bug, new SimulationSetup
        {
            Seed = seed,
            Templates = Planner.Templates,
            Handlers = silo => Planner.Templates.Select(template => new ScriptHandler(template.TemplateKey, ledger!, silo)),
            Execution = new ExecutionOptions { Slots = features.Slots },
            StoreFaults = features.Store,
            ClientFaults = features.Link,
            World = new SimulationOptions { TraceLines = traceLines },
        }));
        ledger = new Ledger(cluster);
        before?.Invoke(cluster);
        try
        {
            var play = cluster.World.Observer.InvokeAsync(() => PlayAsync(cluster, features, ledger, draw));
            cluster.World.RunUntil(() => play.IsCompleted || ledger.Violations.Count > 0 || cluster.World.Steps > MostSteps, TimeSpan.FromHours(3));
            if (cluster.World.Steps > MostSteps)
            {
                ledger.Violate(4, $"the cluster does not come to rest: {MostSteps} steps");
            }

            if (play.Exception is { } failure)
            {
                ledger.Violate(0, failure.ToString());
            }
        }
        catch (Exception failure)
        {
            ledger.Violate(0, failure.ToString());
        }

        after?.Invoke(cluster);
        return new Verdict(seed, features, bug)
        {
            Violations = ledger.Violations,
            Hash = cluster.World.Trace.Hash,
            Steps = cluster.World.Steps,
            Lasted = cluster.World.Elapsed,
            Jobs = ledger.Facts.Values.Sum(facts => facts.Acknowledged.Count),
            Logged = cluster.Logged.ToDictionary(),
            Trace = cluster.World.Trace.Lines,
        };
    }

    private static async Task PlayAsync(SimulatedCluster cluster, Features features, Ledger ledger, RandomSource draw)
    {
        var planner = new Planner(features, ledger, draw);
        await StartAsync(cluster, features);
        var clients = Enumerable.Range(0, features.Clients)
            .Select(i => new ClientScript(new SimulatedClient(cluster, $"client-{i}", Planner.Tenants[i % Planner.Tenants.Count]), features, planner, ledger, draw)).ToList();
        var busy = true;
        var chaos = new Chaos(cluster, features, ledger, draw);
        var auditor = new Auditor(cluster, features, ledger);
        chaos.Killed += at => _ = auditor.TakeoverAsync(at, Lease);
        cluster.Store.Faults = features.Store;
        var breaking = chaos.RunAsync(() => busy);
        if (features.Has(Feature.Noise) && !features.Calm)
        {
            // What breaks shall meet a backlog.
            await NoiseAsync(cluster, features, ledger, planner, draw);
        }

        await Task.WhenAll(clients.Select(async client => await client.RunAsync()));
        if (features.Has(Feature.Noise) && features.Calm)
        {
            // What the quiet tenant itself still has in the queue is nobody else's noise.
            await SettleAsync(cluster, ledger);
            await NoiseAsync(cluster, features, ledger, planner, draw);
        }

        busy = false;
        await breaking;
        await chaos.MendAsync();
        await ResumeAsync(cluster, ledger);
        await SettleAsync(cluster, ledger);
        await auditor.JudgeAsync();
        if (draw.Next(10) == 0)
        {
            await auditor.IdleAsync(TimeSpan.FromMinutes(20));
        }
    }

    private static async Task StartAsync(SimulatedCluster cluster, Features features)
    {
        // The installation is made in peace; what is promised holds from the first answer on.
        cluster.Store.Faults = StoreFaults.None;
        for (var i = 0; i < features.Silos; i++)
        {
            await cluster.StartSiloAsync();
        }

        await cluster.FurnishAsync(Planner.Tenants);
        if (features.Has(Feature.TenantLimits))
        {
            var limited = new Contracts.Access.TenantRequest(Planner.Rival, null, null, null) { MaxRunning = Auditor.RivalMayRun };
            var silo = cluster.Silos[0];
            await silo.Node.InvokeAsync(() => silo.Grains.Registry().PutTenant(new TenantChange(new Contracts.Access.Caller(null, "furnish", "system"), limited)));
        }

        await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1.5));
    }

    /// <summary>One tenant fills the queue, and another's single job must not notice.</summary>
    private static async Task NoiseAsync(SimulatedCluster cluster, Features features, Ledger ledger, Planner planner, RandomSource draw)
    {
        var noisy = new ClientScript(new SimulatedClient(cluster, "noisy", Planner.Acme), features, planner, ledger, draw);
        var quiet = new ClientScript(new SimulatedClient(cluster, "quiet", Planner.Quiet), features, planner, ledger, draw);
        await noisy.RequestManyAsync([.. Enumerable.Range(0, 20 * features.Silos * features.Slots).Select(_ => planner.Noise(Planner.Acme))]);
        await cluster.World.Observer.DelayAsync(TimeSpan.FromMilliseconds(draw.Next(1_500)));
        await quiet.RequestAsync(planner.Single(Planner.Quiet));
    }

    /// <summary>A pause whose answer was lost may have come into force after its resume.</summary>
    private static async Task ResumeAsync(SimulatedCluster cluster, Ledger ledger)
    {
        await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
        var silo = cluster.Silos[0];
        var caller = new Contracts.Access.Caller(null, "mend", "system");
        foreach (var (tenant, template) in ledger.MaybePaused)
        {
            await silo.Node.InvokeAsync(() => silo.Grains.Registry().Resume(new PauseChange(caller, tenant, template, null)));
        }
    }

    /// <summary>Waits until every job has ended, and no longer than that may take.</summary>
    private static async Task SettleAsync(SimulatedCluster cluster, Ledger ledger)
    {
        var until = cluster.World.Now + Settling;
        var open = 1;
        while (open > 0 && cluster.World.Now < until && ledger.Violations.Count == 0)
        {
            await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(2));
            open = 0;
            foreach (var tenant in Planner.Tenants)
            {
                var query = new JobQuery { TenantId = tenant, Statuses = [JobStatus.Queued, JobStatus.Running], Limit = 1 };
                open += (await cluster.Store.Rows.Read.JobsAsync(query, CancellationToken.None)).Items.Count;
            }
        }
    }
}
