using JobForge.Runtime.Hosting;
using JobForge.Runtime.Proxies;
using JobForge.Runtime.Reminders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Execution;

/// <summary>The inside of an engine: its parts, the way of a call into it, its start and its stop.</summary>
internal sealed class EngineCore
{
    private enum Stage
    {
        Running,

        /// <summary>What runs may finish and call on; nothing new comes in.</summary>
        Draining,
        Stopped,
    }

    /// <summary>Against grains that deactivate themselves before they have served anything.</summary>
    private const int MaxFruitlessForwards = 3;

    private readonly long _responseTimeoutUnits;
    private readonly Lock _stopGate = new();
    private ITimer? _collection;
    private Task? _stopping;
    private volatile Stage _stage;

    public EngineCore(IServiceProvider services, EmbeddedEngineOptions options)
    {
        Services = services;
        Options = options;
        Time = options.Time;
        Log = services.GetService<ILoggerFactory>()?.CreateLogger("JobForge.Runtime") ?? NullLogger.Instance;
        Registry = new GrainRegistry(options.Assemblies, options.Classes);
        Directory = new GrainDirectory(this);
        References = new ReferenceFactory(this);
        Factory = new EngineClient(this);
        Overdue = new OverdueCalls(this);
        Reminders = new ReminderService(this);
        _responseTimeoutUnits = Time.ToTimestampUnits(options.ResponseTimeout);
    }

    public string Name => Options.Name;

    public IServiceProvider Services { get; }

    public EmbeddedEngineOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public GrainRegistry Registry { get; }

    public GrainDirectory Directory { get; }

    public ReferenceFactory References { get; }

    public EngineClient Factory { get; }

    public OverdueCalls Overdue { get; }

    public ReminderService Reminders { get; }

    public bool IsRunning => _stage == Stage.Running;

    public Task StartAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        Overdue.Start();
        var quantum = Options.CollectionQuantum;
        _collection = Time.CreateTimer(static self => ((EngineCore)self!).CollectIdle(), this, quantum, quantum);
        return Reminders.StartAsync();
    }

    public void Send(GrainReference target, GrainCall call)
    {
        call.Target = target;
        if (_stage != Stage.Running && !MaySendWhileStopping())
        {
            call.Reject(Unavailable());
            return;
        }

        if (call.Token is { CanBeCanceled: true } token)
        {
            if (token.IsCancellationRequested)
            {
                call.Cancel(token);
                return;
            }

            CallCancellation.Attach(call);
        }

        call.Context = RequestContext.Captured;
        call.Deadline = Time.GetTimestamp() + (call.Method.ResponseTimeout is { } own ? Time.ToTimestampUnits(own) : _responseTimeoutUnits);
        call.CopyArguments();
        Deliver(call);
    }

    /// <summary>Sends on a call that reached an activation which has ended.</summary>
    public void Forward(GrainCall call, Activation last)
    {
        call.FruitlessForwards = last.HasServed ? 0 : call.FruitlessForwards + 1;
        if (_stage == Stage.Stopped)
        {
            call.Reject(Unavailable());
        }
        else if (call.FruitlessForwards > MaxFruitlessForwards)
        {
            call.Reject(new OrleansMessageRejectionException(
                $"{call.Target!.GrainId} ended {call.FruitlessForwards} times before it served {call.Method}."));
        }
        else
        {
            Deliver(call);
        }
    }

    public async Task DeactivateAsync(GrainId grainId)
    {
        var reason = new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "The host asked for it.");
        foreach (var activation in Directory.Activations.Where(one => one.GrainId == grainId).ToArray())
        {
            activation.Deactivate(reason);
            await activation.Deactivated;
        }
    }

    public Task StopAsync(CancellationToken token)
    {
        lock (_stopGate)
        {
            return _stopping ??= StopOnceAsync(token);
        }
    }

    public void Crash()
    {
        if (_stage == Stage.Stopped && Directory.IsEmpty)
        {
            return;
        }

        _stage = Stage.Stopped;
        StopTimers();
        Reminders.Cut();
        foreach (var activation in Directory.Activations)
        {
            activation.Cut();
        }

        Overdue.RejectAll(new SiloUnavailableException($"The engine {Name} has crashed."));
        Overdue.Dispose();
    }

    public ActivationId NewActivationId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Options.Random.Fill(bytes);
        return new ActivationId(new Guid(bytes));
    }

    private SiloUnavailableException Unavailable() => new($"The engine {Name} is stopping.");

    private bool MaySendWhileStopping() => _stage == Stage.Draining && TurnQueue.Running is Activation caller && ReferenceEquals(caller.Engine, this);

    private void Deliver(GrainCall call)
    {
        IRecipient recipient;
        try
        {
            recipient = call.Target!.Resolve();
        }
        catch (Exception error) when (error is ArgumentException or OrleansException)
        {
            call.Reject(error);
            return;
        }

        recipient.Accept(call);
    }

    private void CollectIdle()
    {
        var now = Time.GetTimestamp();
        foreach (var activation in Directory.Activations.Where(one => one.Age.IsOver(now)).OrderBy(one => one.GrainId))
        {
            activation.Age.CollectIfOver(now);
        }
    }

    private async Task StopOnceAsync(CancellationToken token)
    {
        if (_stage == Stage.Stopped)
        {
            return;
        }

        _stage = Stage.Draining;
        StopTimers();
        try
        {
            await DrainAsync(token);
            _stage = Stage.Stopped;
            await DeactivateAllAsync().WaitAsync(token);
        }
        catch (OperationCanceledException)
        {
            EngineLog.StopCutShort(Log, Name);
            Crash();
        }

        _stage = Stage.Stopped;
        Overdue.Dispose();
    }

    /// <summary>Waits until each activation, those included that are made meanwhile, has had a moment without any request.</summary>
    private async Task DrainAsync(CancellationToken token)
    {
        await Reminders.StopAsync().WaitAsync(token);
        var drained = new HashSet<Activation>();
        while (Directory.ActivationsInOrder.Where(drained.Add).ToArray() is { Length: > 0 } busy)
        {
            await Task.WhenAll(busy.Select(async activation => await activation.Life.WhenIdleAsync())).WaitAsync(token);
        }
    }

    private Task DeactivateAllAsync()
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The engine is stopping.");
        return Task.WhenAll(Directory.ActivationsInOrder.ToArray().Select(async activation =>
        {
            activation.Deactivate(reason);
            await activation.Deactivated;
        }));
    }

    private void StopTimers()
    {
        _collection?.Dispose();
        Reminders.StopTimers();
    }
}
