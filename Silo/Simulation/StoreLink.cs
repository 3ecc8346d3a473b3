using JobForge.Contracts.Jobs;
using JobForge.Runtime.Simulation;
using JobForge.Storage;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Simulation;

/// <summary>One silo's connection to the store. A call that is under way when the silo dies may still be carried out.</summary>
internal sealed class StoreLink(SimulatedStore store, SimulatedSilo silo)
{
    private readonly SimulatedWorld _world = store.Node.World;

    public long Calls { get; private set; }

    public LinkSignals Signals { get; } = new(store, silo);

    public async Task<T> CallAsync<T>(string name, object?[] arguments, Func<Task<T>> call)
    {
        if (name != nameof(IRegistryStore.VersionAsync))
        {
            Calls++;
        }

        var answered = await store.Node.InvokeAsync(() => ServeAsync(name, arguments, call));
        if (answered.Lost)
        {
            await silo.Node.DelayAsync(Way());
            throw new StoreUnavailableException("The simulated store's answer was lost.");
        }

        return answered.Value!;
    }

    private async Task<(T? Value, bool Lost)> ServeAsync<T>(string name, object?[] arguments, Func<Task<T>> call)
    {
        await store.Node.DelayAsync(Way());
        var faults = store.Faults;
        if (store.IsDown || _world.Chance(faults.FailBefore) || (!silo.Node.IsAlive && _world.Chance(0.5)))
        {
            Note(name, arguments, "not carried out");
            throw new StoreUnavailableException("The simulated store did not take the call.");
        }

        var value = await call();
        Note(name, arguments, value);
        Announce(name, arguments, value);
        var lost = _world.Chance(faults.FailAfter);
        if (!lost)
        {
            await store.Node.DelayAsync(Way());
        }

        return (value, lost || store.IsDown);
    }

    private TimeSpan Way() =>
        _world.Between(TimeSpan.Zero, _world.Chance(store.Faults.Delay) ? store.Faults.MostDelay : store.Faults.UsualDelay);

    private void Note(string name, object?[] arguments, object? result) =>
        _world.Trace.Note(silo.Node, name, _world.Trace.KeepsLines ? CallText.Of(arguments, result) : null);

    /// <summary>What PostgreSQL's store tells other processes of.</summary>
    private void Announce(string name, object?[] arguments, object? value)
    {
        switch (name, arguments[0], value)
        {
            case (nameof(IJobStore.RequestCancelAsync) or nameof(IJobStore.RescheduleAsync), RunFence fence, true):
                store.Tell(new StoreSignal(StoreSignalKind.JobChanged, fence.JobId));
                break;
            case (nameof(IJobStore.FinishAsync), FinishedRun { Fence: { Status: JobStatus.Queued } fence, Row.Status: JobStatus.Canceled }, true):
                store.Tell(new StoreSignal(StoreSignalKind.JobChanged, fence.JobId));
                break;
            case (nameof(IJobQueue.GiveBackAsync), _, > 0):
                store.Tell(new StoreSignal(StoreSignalKind.Donated));
                break;
            default:
                break;
        }
    }
}

/// <summary>Hints on their way to one silo: late, or never.</summary>
internal sealed class LinkSignals(SimulatedStore store, SimulatedSilo silo) : IStoreSignals
{
    public event Action<StoreSignal>? Received;

    public void Send(StoreSignal signal)
    {
        var world = store.Node.World;
        if (silo.Node.IsAlive && !world.Chance(store.Faults.LoseSignal))
        {
            var way = world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
            _ = silo.Node.InvokeAsync(async () =>
            {
                await silo.Node.DelayAsync(way);
                Received?.Invoke(signal);
            });
        }
    }
}
