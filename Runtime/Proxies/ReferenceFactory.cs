using System.Collections.Concurrent;
using JobForge.Runtime.Execution;
using Orleans.Runtime;

namespace JobForge.Runtime.Proxies;

/// <summary>Makes the references of one engine.</summary>
internal sealed class ReferenceFactory(EngineCore engine)
{
    private static readonly GrainInterfaceType Untyped = GrainInterfaceType.Create("");

    private readonly ConcurrentDictionary<Type, GrainType> _grainTypes = new();

    /// <exception cref="ArgumentException">No single grain class implements the interface.</exception>
    public GrainReference Create(Type grainInterface, IdSpan key, string? classNamePrefix)
    {
        ArgumentNullException.ThrowIfNull(grainInterface);
        var grainType = classNamePrefix is null
            ? _grainTypes.GetOrAdd(grainInterface, static (one, registry) => registry.Find(one, null).GrainType, engine.Registry)
            : engine.Registry.Find(grainInterface, classNamePrefix).GrainType;
        return Create(grainInterface, new GrainId(grainType, key));
    }

    /// <exception cref="ArgumentException">The type is no interface that a reference can implement.</exception>
    public GrainReference Create(Type grainInterface, GrainId grainId)
    {
        ArgumentNullException.ThrowIfNull(grainInterface);
        return ProxyTypes.Get(grainInterface)(engine, grainId);
    }

    public GrainReference CreateUntyped(GrainId grainId) => new(engine, grainId, Untyped);
}
