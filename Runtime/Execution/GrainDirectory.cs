using System.Collections.Concurrent;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>Who serves which grain id in this engine.</summary>
internal sealed class GrainDirectory(EngineCore engine)
{
    private readonly ConcurrentDictionary<GrainId, IRecipient> _recipients = new();

    public IEnumerable<Activation> Activations =>
        _recipients.Values.SelectMany(recipient => recipient is WorkerPool pool ? pool.Workers : (IEnumerable<Activation>)[(Activation)recipient]);

    /// <summary>The same in the order of their ids, for acts on all of them: a dictionary's own order differs from machine to machine, and a simulation must not.</summary>
    public IEnumerable<Activation> ActivationsInOrder => Activations.OrderBy(activation => activation.GrainId);

    public bool IsEmpty => _recipients.IsEmpty;

    /// <exception cref="ArgumentException">No grain class has the type of the id.</exception>
    /// <exception cref="OrleansMessageRejectionException">The id is that of an observer whose reference was deleted.</exception>
    public IRecipient Find(GrainId grainId) =>
        _recipients.TryGetValue(grainId, out var known)
            ? known
            : _recipients.GetOrAdd(grainId, static (id, engine) => Create(id, engine), engine);

    public void Add(Activation observer) => _recipients[observer.GrainId] = observer;

    public void Remove(Activation activation)
    {
        if (activation.Pool is { } pool)
        {
            pool.Remove(activation);
        }
        else
        {
            _recipients.TryRemove(KeyValuePair.Create(activation.GrainId, (IRecipient)activation));
        }
    }

    private static IRecipient Create(GrainId grainId, EngineCore engine)
    {
        if (grainId.Type == GrainClass.Observer.GrainType)
        {
            throw new OrleansMessageRejectionException($"The reference to {grainId} was deleted.");
        }

        var grainClass = engine.Registry.Find(grainId.Type);
        return grainClass.Worker is { } worker
            ? new WorkerPool(engine, grainId, grainClass, Math.Min(worker.MaxLocalWorkers, engine.Options.MostLocalWorkers))
            : new Activation(engine, grainId, grainClass);
    }
}
