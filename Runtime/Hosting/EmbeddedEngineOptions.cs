using System.Reflection;
using JobForge.Contracts.Ids;
using JobForge.Runtime.Execution;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace JobForge.Runtime.Hosting;

/// <summary>Settings of one embedded engine. The defaults of the spans are those of Orleans.</summary>
public sealed class EmbeddedEngineOptions
{
    private readonly List<Assembly> _assemblies = [];
    private readonly List<Type> _classes = [];

    /// <summary>Names the engine in logs and in <c>RuntimeIdentity</c>.</summary>
    public string Name { get; set; } = "embedded";

    /// <summary>The clock of timers, reminders, timeouts and collection.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Decides when and where turns run.</summary>
    public ITurnScheduler TurnScheduler { get; set; } = new ThreadPoolTurnScheduler();

    public RandomSource Random { get; set; } = RandomSource.Secure;

    /// <summary>How long a caller waits for an answer, unless the method has a ResponseTimeout of its own.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may be idle.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Activations of one stateless worker at most, whatever its class allows. The class's own default is the number of processors.</summary>
    public int MostLocalWorkers { get; set; } = int.MaxValue;

    public ReminderOptions Reminders { get; } = new();

    /// <summary>
    /// Which grains' reminders this engine delivers. All, unless several engines share one reminder store and divide the grains.
    /// </summary>
    public Func<GrainId, bool> DeliversRemindersOf { get; set; } = static _ => true;

    internal IReadOnlyList<Assembly> Assemblies => _assemblies;

    internal IReadOnlyList<Type> Classes => _classes;

    /// <summary>Takes all grain classes of the assembly.</summary>
    public EmbeddedEngineOptions AddAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>Takes one grain class.</summary>
    public EmbeddedEngineOptions AddGrain<TGrain>()
        where TGrain : IGrainBase
    {
        _classes.Add(typeof(TGrain));
        return this;
    }
}
