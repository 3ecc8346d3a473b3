using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>The grain classes of an engine, by stored name and by interface.</summary>
internal sealed class GrainRegistry
{
    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly Dictionary<Type, List<GrainClass>> _byInterface = [];

    /// <exception cref="OrleansConfigurationException">Two classes have the same stored name.</exception>
    public GrainRegistry(IEnumerable<Assembly> assemblies, IEnumerable<Type> classes)
    {
        foreach (var type in assemblies.Distinct().SelectMany(assembly => assembly.GetTypes()).Where(IsGrainClass).Concat(classes).Distinct())
        {
            Add(new GrainClass(type));
        }
    }

    /// <exception cref="ArgumentException">No grain class has that name.</exception>
    public GrainClass Find(GrainType grainType) =>
        _byType.GetValueOrDefault(grainType) ?? throw new ArgumentException($"There is no grain class of the type '{grainType}'.", nameof(grainType));

    /// <exception cref="ArgumentException">No class, or no single one, implements the interface.</exception>
    public GrainClass Find(Type grainInterface, string? classNamePrefix)
    {
        var all = _byInterface.GetValueOrDefault(grainInterface) ?? [];
        var fitting = classNamePrefix is null ? all : [.. all.Where(one => one.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))];
        if (fitting.Count > 1)
        {
            fitting = [.. fitting.Where(one => string.Equals("I" + one.Type.Name, grainInterface.Name, StringComparison.Ordinal))];
        }

        return fitting is [var only]
            ? only
            : throw new ArgumentException($"{all.Count} grain classes implement {grainInterface}; exactly one must fit.", nameof(grainInterface));
    }

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(type)
        && typeof(IGrain).IsAssignableFrom(type);

    private void Add(GrainClass grainClass)
    {
        if (!_byType.TryAdd(grainClass.GrainType, grainClass))
        {
            throw new OrleansConfigurationException(
                $"{grainClass.Type} and {_byType[grainClass.GrainType].Type} have the same grain type '{grainClass.GrainType}'.");
        }

        foreach (var implemented in grainClass.Type.GetInterfaces().Where(one => typeof(IGrain).IsAssignableFrom(one)))
        {
            (_byInterface.TryGetValue(implemented, out var classes) ? classes : _byInterface[implemented] = []).Add(grainClass);
        }
    }
}
