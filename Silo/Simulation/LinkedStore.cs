using System.Collections.Concurrent;
using System.Reflection;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Simulation;

/// <summary>Every role of the store, behind a silo's link.</summary>
internal sealed class LinkedStore(IStore store, StoreLink link) : IStore
{
    public IEventLog Events { get; } = RoleProxy.Wrap(store.Events, link);

    public IJobStore Jobs { get; } = RoleProxy.Wrap(store.Jobs, link);

    public IJobQueue Queue { get; } = RoleProxy.Wrap(store.Queue, link);

    public IEpochStore Epochs { get; } = RoleProxy.Wrap(store.Epochs, link);

    public IHoldStore Holds { get; } = RoleProxy.Wrap(store.Holds, link);

    public IReadModel Read { get; } = RoleProxy.Wrap(store.Read, link);

    public ITenantStore Tenants { get; } = RoleProxy.Wrap(store.Tenants, link);

    public ITemplateStore Templates { get; } = RoleProxy.Wrap(store.Templates, link);

    public IRegistryStore Registry { get; } = RoleProxy.Wrap(store.Registry, link);

    public IAuditLog Audit { get; } = RoleProxy.Wrap(store.Audit, link);

    public IRunLogStore RunLogs { get; } = RoleProxy.Wrap(store.RunLogs, link);

    public IEngineRows EngineRows { get; } = RoleProxy.Wrap(store.EngineRows, link);

    public IStoreSignals Signals => link.Signals;

    public IStoreUpkeep Upkeep { get; } = RoleProxy.Wrap(store.Upkeep, link);

    public IStoreDoctor Doctor { get; } = RoleProxy.Wrap(store.Doctor, link);

    /// <summary>The store is the cluster's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A role whose every call goes over the link. Open, since each role's proxy is made of it.</summary>
#pragma warning disable MA0053 // DispatchProxy derives from it.
internal class RoleProxy : DispatchProxy
{
#pragma warning restore MA0053
    private delegate Task Caller(RoleProxy proxy, MethodInfo method, object?[] arguments);

    private static readonly ConcurrentDictionary<MethodInfo, Caller> Callers = new();

    private object _role = null!;
    private StoreLink _link = null!;

    public static T Wrap<T>(T role, StoreLink link)
        where T : class
    {
        var proxy = Create<T, RoleProxy>();
        (((RoleProxy)(object)proxy)._role, ((RoleProxy)(object)proxy)._link) = (role, link);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Callers.GetOrAdd(targetMethod!, CallerOf)(this, targetMethod!, args ?? []);

    private static Caller CallerOf(MethodInfo method)
    {
        var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;
        var name = result is null ? nameof(CallPlain) : nameof(CallResult);
        var call = typeof(RoleProxy).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
        return (result is null ? call : call.MakeGenericMethod(result)).CreateDelegate<Caller>();
    }

    private static Task CallPlain(RoleProxy proxy, MethodInfo method, object?[] arguments) => proxy._link.CallAsync(method.Name, arguments, async () =>
    {
        await (Task)proxy.On(method, arguments);
        return true;
    });

    private static Task CallResult<T>(RoleProxy proxy, MethodInfo method, object?[] arguments) =>
        proxy._link.CallAsync(method.Name, arguments, () => (Task<T>)proxy.On(method, arguments));

    private object On(MethodInfo method, object?[] arguments) => method.Invoke(_role, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
