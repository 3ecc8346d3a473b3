using System.Reflection;
using JobForge.Storage.Roles;

namespace JobForge.Simulation.Plants;

/// <summary>Does something else in the place of a call: the method's name, its arguments, and how to go on with it.</summary>
internal delegate object Bending(string method, object?[] arguments, Func<object?[], object> go);

/// <summary>A store whose calls of jobs, epochs and events pass a bending.</summary>
internal sealed class BentStore(IStore store, Bending bending) : IStore
{
    public IEventLog Events { get; } = BentRole.Of(store.Events, bending);

    public IJobStore Jobs { get; } = BentRole.Of(store.Jobs, bending);

    public IEpochStore Epochs { get; } = BentRole.Of(store.Epochs, bending);

    public IJobQueue Queue => store.Queue;

    public IHoldStore Holds => store.Holds;

    public IReadModel Read => store.Read;

    public ITenantStore Tenants => store.Tenants;

    public ITemplateStore Templates => store.Templates;

    public IRegistryStore Registry => store.Registry;

    public IAuditLog Audit => store.Audit;

    public IRunLogStore RunLogs => store.RunLogs;

    public IEngineRows EngineRows => store.EngineRows;

    public IStoreSignals Signals => store.Signals;

    public IStoreUpkeep Upkeep => store.Upkeep;

    public IStoreDoctor Doctor => store.Doctor;

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

#pragma warning disable MA0053 // DispatchProxy derives from it.
internal class BentRole : DispatchProxy
#pragma warning restore MA0053
{
    private object _role = null!;
    private Bending _bending = null!;

    public static T Of<T>(T role, Bending bending)
        where T : class
    {
        var proxy = Create<T, BentRole>();
        (((BentRole)(object)proxy)._role, ((BentRole)(object)proxy)._bending) = (role, bending);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _bending(targetMethod!.Name, args ?? [], arguments => targetMethod.Invoke(_role, BindingFlags.DoNotWrapExceptions, null, arguments, null)!);
}
