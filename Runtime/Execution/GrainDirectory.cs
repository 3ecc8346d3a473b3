using System.Collections.Concurrent;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>Who serves which grain id in this engine.</summary>
internal sealed class GrainDirectory(EngineCore engine)
{
    private readonly ConcurrentDictionary<GrainId, IRecipient> _recipients = new();

    public IEnumerable<Activation> Activations =>
        _recipients.Values.SelectMany(recipient => recipient is WorkerPool pool ? pool.Workers : (IEnumerable<Activation>)[(Activation)recipient]);

    /// <exception cref="ArgumentException">No grain class has the type of the id.</exception>
    public IRecipient Find(GrainId grainId) =>
        _recipients.TryGetValue(grainId, out var known)
            ? known
            : _recipients.GetOrAdd(grainId, static (id, engine) => Create(id, engine), engine);

    public bool TryGet(GrainId grainId, out IRecipient? recipient) => _recipients.TryGetValue(grainId, out recipient);

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
        var grainClass = engine.Registry.Find(grainId.Type);
        return grainClass.Worker is { } worker
            ? new WorkerPool(engine, grainId, grainClass, worker.MaxLocalWorkers)
            : new Activation(engine, grainId, grainClass);
    }
}
