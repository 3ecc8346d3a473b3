using JobForge.Contracts.Flags;
using JobForge.Contracts.Templates;
using JobForge.Handlers;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Execution;
using JobForge.Silo.Hosting;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Simulation;

/// <summary>What a simulated cluster is made of. Everything that is drawn is drawn from <see cref="Seed"/>.</summary>
public sealed record SimulationSetup
{
    public required ulong Seed { get; init; }

    /// <summary>Templates of the caller's own; they start enabled if they say so.</summary>
    public IReadOnlyList<JobTemplate> Templates { get; init; } = [];

    /// <summary>Makes the handlers of one silo; called at each start of one, since nothing in memory outlives a process.</summary>
    public Func<SimulatedSilo, IEnumerable<IJobHandler>> Handlers { get; init; } = static _ => [];

    /// <summary>How each silo runs jobs; <see cref="ExecutionOptions.Worker"/> becomes the silo's name.</summary>
    public ExecutionOptions Execution { get; init; } = new() { Slots = 4 };

    public StoreFaults StoreFaults { get; init; } = StoreFaults.None;

    /// <summary>What happens to calls of a <see cref="SimulatedClient"/>.</summary>
    public LinkFaults ClientFaults { get; init; } = LinkFaults.None;

    public SimulationOptions World { get; init; } = new();

    /// <summary>The environment of every silo. By default all features are on.</summary>
    public Func<string, string?> Environment { get; init; } = static name => FeatureFlags.TryParse(name, out _) ? "1" : null;

    /// <summary>As <c>SqliteStoreOptions.Rewrite</c>: runs another text in the place of a named statement.</summary>
    public Func<string, string, string>? RewriteStatement { get; init; }

    /// <summary>Stands between a silo and the store, e.g. to break a promise on purpose. Null: nothing does.</summary>
    public Func<SimulatedSilo, IStore, IStore>? Interpose { get; init; }

    internal SiloOptions SiloOptions(string worker) => new()
    {
        Environment = name => Environment(name) ?? name switch
        {
            Secrets.PolicyTokenVariable => "the signing secret of a simulation",
            Secrets.PepperVariable => "the pepper of a simulation",
            _ => null,
        },
        FurtherTemplates = Templates,
        Execution = Execution with { Worker = worker },
    };
}

/// <summary>Probabilities of what happens to a call of the store, each from 0 to 1.</summary>
public sealed record StoreFaults
{
    public static StoreFaults None { get; } = new();

    /// <summary>Nothing is read or written, and the caller is told so.</summary>
    public double FailBefore { get; init; }

    /// <summary>The call is carried out and committed, and the caller is told that the store is unavailable.</summary>
    public double FailAfter { get; init; }

    /// <summary>A way takes up to <see cref="MostDelay"/> instead of up to <see cref="UsualDelay"/>.</summary>
    public double Delay { get; init; }

    public TimeSpan UsualDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A hint between processes (<see cref="IStoreSignals"/>) does not arrive.</summary>
    public double LoseSignal { get; init; }
}
