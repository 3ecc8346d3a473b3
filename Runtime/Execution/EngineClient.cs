using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>The engine's IGrainFactory, also for code outside of the grains.</summary>
internal sealed class EngineClient(EngineCore engine) : IClusterClient
{
    private readonly ConditionalWeakTable<IGrainObserver, Activation> _observers = [];
    private long _lastObserver;

    public IServiceProvider ServiceProvider => engine.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(IAddressable)Get(typeof(TGrainInterface), KeyOf(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        (TGrainInterface)(IAddressable)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        (TGrainInterface)(IAddressable)Get(typeof(TGrainInterface), GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => (IGrain)Get(grainInterfaceType, KeyOf(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) =>
        (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) =>
        (IGrain)Get(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(IAddressable)engine.References.Create(typeof(TGrainInterface), grainId);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        var activation = _observers.GetValue(obj, NewObserver);
        engine.Directory.Add(activation);
        return (TGrainObserverInterface)(IAddressable)engine.References.Create(typeof(TGrainObserverInterface), activation.GrainId);
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (_observers.TryGetValue(obj, out var activation))
        {
            _observers.Remove(obj);
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The reference was deleted."));
        }
    }

    private static IdSpan KeyOf(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return IdSpan.Create(key);
    }

    private GrainReference Get(Type grainInterface, IdSpan key, string? classNamePrefix = null) =>
        engine.References.Create(grainInterface, key, classNamePrefix);

    private Activation NewObserver(IGrainObserver observer)
    {
        var key = System.Globalization.CultureInfo.InvariantCulture;
        var id = GrainId.Create(GrainClass.Observer.GrainType, Interlocked.Increment(ref _lastObserver).ToString(key));
        var activation = new Activation(engine, id, GrainClass.Observer);
        activation.Life.ServeExisting(observer);
        return activation;
    }
}
