using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>
/// The activations of a stateless worker: a call goes to the first idle one, else to a new one, else to the one with the fewest calls.
/// </summary>
internal sealed class WorkerPool(EngineCore engine, GrainId grainId, GrainClass grainClass, int maxWorkers) : IRecipient
{
    private readonly Lock _gate = new();
    private Activation[] _workers = [];

    public bool IsDead => false;

    public IReadOnlyList<Activation> Workers => Volatile.Read(ref _workers);

    public void Accept(GrainCall call)
    {
        var worker = TakeIdle() ?? TryAdd() ?? TakeLeastLoaded();
        worker.Enqueue(call);
    }

    public void Remove(Activation worker)
    {
        lock (_gate)
        {
            _workers = [.. _workers.Where(one => !ReferenceEquals(one, worker))];
        }
    }

    private Activation? TakeIdle()
    {
        foreach (var worker in Volatile.Read(ref _workers))
        {
            if (Volatile.Read(ref worker.Load) == 0 && Interlocked.CompareExchange(ref worker.Load, 1, 0) == 0)
            {
                return worker;
            }
        }

        return null;
    }

    private Activation? TryAdd()
    {
        if (Volatile.Read(ref _workers).Length >= maxWorkers)
        {
            return null;
        }

        lock (_gate)
        {
            if (_workers.Length >= maxWorkers)
            {
                return null;
            }

            var worker = new Activation(engine, grainId, grainClass, this) { Load = 1 };
            _workers = [.. _workers, worker];
            return worker;
        }
    }

    private Activation TakeLeastLoaded()
    {
        while (true)
        {
            if (Volatile.Read(ref _workers).MinBy(worker => Volatile.Read(ref worker.Load)) is { } least)
            {
                Interlocked.Increment(ref least.Load);
                return least;
            }

            // All workers were removed in this moment, so there is room for a new one.
            if (TryAdd() is { } added)
            {
                return added;
            }
        }
    }
}
