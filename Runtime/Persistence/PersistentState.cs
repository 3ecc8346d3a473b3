using System.Reflection;
using JobForge.Runtime.Execution;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Persistence;

/// <summary>Makes the states that a grain's constructor asks for.</summary>
internal abstract class PersistentStateFactory(PersistentStateAttribute attribute, Type facetType)
{
    public Type FacetType { get; } = facetType;

    /// <summary>Null for a parameter that is not a state.</summary>
    public static PersistentStateFactory? For(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is not { } attribute)
        {
            return null;
        }

        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"[PersistentState] stands on {parameter.Name} of {parameter.Member.DeclaringType}, which is no IPersistentState.");
        }

        return (PersistentStateFactory)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type.GenericTypeArguments), attribute, type)!;
    }

    /// <exception cref="BadProviderConfigException">The storage is not registered.</exception>
    public abstract object Create(Activation activation);

    private IGrainStorage StorageOf(Activation activation)
    {
        var name = attribute.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var services = activation.ActivationServices;
        return services.GetKeyedService<IGrainStorage>(name)
            ?? (attribute.StorageName is null ? services.GetService<IGrainStorage>() : null)
            ?? throw new BadProviderConfigException($"{activation.Class.Type} asks for the storage '{name}', which is not registered.");
    }

    private sealed class Of<TState>(PersistentStateAttribute attribute, Type facetType) : PersistentStateFactory(attribute, facetType)
    {
        private readonly string _name = attribute.StateName;

        public override object Create(Activation activation)
        {
            var state = new PersistentState<TState>(activation, _name, StorageOf(activation));
            activation.Life.Stages.Subscribe(_name, GrainLifecycleStage.SetupState, state);
            return state;
        }
    }
}

/// <summary>
/// One state of one activation. Its operations run one after another; writes that are asked for while one runs become a single later
/// write, and a read behind a successful operation costs no I/O.
/// </summary>
internal sealed class PersistentState<TState>(Activation activation, string name, IGrainStorage storage)
    : IPersistentState<TState>, ILifecycleObserver
{
    private readonly GrainState<TState> _record = new();
    private Task _last = Task.CompletedTask;
    private Task? _nextWrite;
    private bool _isLoaded;

    public TState State
    {
        get => InTurn()._record.State!;
        set => InTurn()._record.State = value;
    }

    public string? Etag => InTurn()._record.ETag;

    public bool RecordExists => _isLoaded
        ? InTurn()._record.RecordExists
        : throw new InvalidOperationException($"The state '{name}' is not loaded yet.");

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync();

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task ReadStateAsync()
    {
        var before = InTurn()._last;
        _nextWrite = null;
        return _last = before.IsCompleted ? ReadAsync() : ReadUnlessFreshAsync(before);
    }

    public Task WriteStateAsync()
    {
        var before = InTurn()._last;
        if (before.IsCompleted)
        {
            return _last = WriteAsync();
        }

        return _nextWrite ??= _last = AfterAsync(before, () =>
        {
            _nextWrite = null;
            return WriteAsync();
        });
    }

    public Task ClearStateAsync()
    {
        var before = InTurn()._last;
        _nextWrite = null;
        return _last = before.IsCompleted ? ClearAsync() : AfterAsync(before, ClearAsync);
    }

    private PersistentState<TState> InTurn() =>
        ReferenceEquals(TurnQueue.Running, activation)
            ? this
            : throw new InvalidOperationException($"The state '{name}' of {activation.GrainId} can only be used within the grain's own turns.");

    private static async Task AfterAsync(Task before, Func<Task> operation)
    {
        // How the operation before ended is told to whoever asked for it.
        await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        await operation();
    }

    private async Task ReadUnlessFreshAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (!before.IsCompletedSuccessfully)
        {
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        await GuardAsync(() => storage.ReadStateAsync(name, activation.GrainId, _record), "read");
        _record.State ??= NewState();
        _isLoaded = true;
    }

    private Task WriteAsync() => GuardAsync(() => storage.WriteStateAsync(name, activation.GrainId, _record), "write");

    private async Task ClearAsync()
    {
        await GuardAsync(() => storage.ClearStateAsync(name, activation.GrainId, _record), "clear");
        _record.State = NewState();
        _record.RecordExists = false;
    }

    private async Task GuardAsync(Func<Task> operation, string verb)
    {
        try
        {
            await operation();
        }
        catch (Exception error) when (error is not OrleansException)
        {
            throw new OrleansException($"The storage failed to {verb} the state '{name}' of {activation.GrainId}: {error.Message}", error);
        }
    }

    private static TState NewState() => Activator.CreateInstance<TState>();
}
