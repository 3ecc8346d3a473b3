using System.Reflection;
using JobForge.Runtime.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>What the engine knows about a grain class; read once, at registration.</summary>
internal sealed class GrainClass
{
    private readonly PersistentStateFactory[] _states;
    private readonly ObjectFactory? _factory;
    private readonly bool _isKeptAlive;
    private readonly TimeSpan? _collectionAge;

    /// <exception cref="OrleansConfigurationException">The class has not exactly one public constructor.</exception>
    public GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? GrainType.Create(ConventionalName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Worker = type.GetCustomAttribute<StatelessWorkerAttribute>();
        _isKeptAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        _collectionAge = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.Amount;
        if (type.GetConstructors() is not [var constructor])
        {
            throw new OrleansConfigurationException($"The grain class {type} must have exactly one public constructor.");
        }

        _states = [.. constructor.GetParameters().Select(PersistentStateFactory.For).OfType<PersistentStateFactory>()];
        _factory = ActivatorUtilities.CreateFactory(type, [.. _states.Select(state => state.FacetType)]);
    }

    private GrainClass()
    {
        Type = typeof(IGrainObserver);
        GrainType = GrainType.Create("observer");
        _states = [];
        _isKeptAlive = true;
    }

    /// <summary>Objects outside of the grains: never made and never collected by the engine.</summary>
    public static GrainClass Observer { get; } = new();

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public StatelessWorkerAttribute? Worker { get; }

    public object Construct(Activation activation)
    {
        var states = Array.ConvertAll(_states, state => state.Create(activation));
        return _factory!(activation.ActivationServices, states);
    }

    /// <summary>In units of the engine's timestamps; the maximum means never.</summary>
    public long CollectionAgeUnits(EngineCore engine) =>
        _isKeptAlive ? long.MaxValue : engine.Time.ToTimestampUnits(_collectionAge ?? engine.Options.CollectionAge);

    private static string ConventionalName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name;
    }
}
