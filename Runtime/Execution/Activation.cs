using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Execution;

/// <summary>One life of a grain: receives calls, starts those that may run, and passes the rest on when it ends.</summary>
internal sealed class Activation : TurnQueue, IGrainContext, IRecipient
{
    private readonly ActivationLife _life;
    private GrainReference? _reference;
    private GrainCall? _inFirstTurn;

    /// <summary>Has no side effects, because a race may throw the object away.</summary>
    public Activation(EngineCore engine, GrainId grainId, GrainClass grainClass, WorkerPool? pool = null) : base(engine.Options.TurnScheduler)
    {
        Engine = engine;
        GrainId = grainId;
        Class = grainClass;
        Pool = pool;
        Admission = new Admission(this, grainClass.IsReentrant);
        _life = new ActivationLife(this);
        Age = new IdleAge(this);
        Watch = new CallWatch(this);
    }

    /// <summary>The activation whose turn runs on this thread.</summary>
    /// <exception cref="InvalidOperationException">The code runs outside of any grain.</exception>
    public static Activation Here =>
        Running as Activation
        ?? throw new InvalidOperationException("This code runs outside of a grain's turn. Grains are made by the runtime only.");

    public EngineCore Engine { get; }

    public GrainClass Class { get; }

    public WorkerPool? Pool { get; }

    public Admission Admission { get; }

    public GrainId GrainId { get; }

    public GrainReference GrainReference => _reference ??= Engine.References.CreateUntyped(GrainId);

    public object? GrainInstance => _life.Instance;

    public ActivationId ActivationId { get; private set; }

    public IServiceProvider ActivationServices => _life.Services;

    public IGrainLifecycle ObservableLifecycle => _life.Stages;

    public IWorkItemScheduler Scheduler => this;

    public Task Deactivated => _life.Ended;

    public ActivationLife Life => _life;

    public bool IsDead => _life.Phase == ActivationPhase.Dead;

    /// <summary>True while requests may start.</summary>
    public bool IsServing => _life.Phase == ActivationPhase.Serving;

    /// <summary>Calls that have been given to this worker of a pool and have not ended.</summary>
    public int Load;

    /// <summary>True once it has run a request.</summary>
    public bool HasServed { get; private set; }

    public IdleAge Age { get; }

    public CallWatch Watch { get; }

    /// <summary>The call whose first turn runs now.</summary>
    public GrainCall? InFirstTurn => Volatile.Read(ref _inFirstTurn);

    private protected override ILogger Log => Engine.Log;

    public void Accept(GrainCall call) => Enqueue(call);

    public void Receive(GrainCall call)
    {
        call.Host = this;
        if (call.Cancellation is not null)
        {
            Interlocked.MemoryBarrier();
        }

        if (call.IsAbandoned)
        {
            Release(call);
        }
        else if (_life.Phase == ActivationPhase.Serving && Admission.MayStart(call))
        {
            Start(call);
        }
        else if (_life.Phase == ActivationPhase.Dead)
        {
            PassOn(call);
        }
        else
        {
            Watch.Open.Add(call);
            Admission.Wait(call);
            _life.OnCallWaiting();
        }
    }

    public void Start(GrainCall call)
    {
        if (call.IsAbandoned)
        {
            Release(call);
            return;
        }

        Admission.Started(call);
        if (call.Context is not null || RequestContext.Captured is not null)
        {
            RequestContext.Captured = call.Context;
        }

        Volatile.Write(ref _inFirstTurn, call);
        var outcome = Invoke(call);
        Volatile.Write(ref _inFirstTurn, null);
        if (outcome.IsCompleted)
        {
            End(call, outcome);
            return;
        }

        Watch.Open.Add(call);
        call.Outcome = outcome;
        // Whoever completes the outcome may be in the middle of a turn, so the end is a turn of its own.
        outcome.GetAwaiter().UnsafeOnCompleted(call.ReturnToHost);
    }

    public void DropAbandoned()
    {
        foreach (var call in Admission.TakeAbandoned())
        {
            Release(call);
        }

        OnCallGone();
    }

    /// <summary>Sends the call to whoever serves the grain next.</summary>
    public void PassOn(GrainCall call)
    {
        Release(call);
        if (!call.IsLocal)
        {
            Engine.Forward(call, this);
        }
    }

    public void RejectWaiting(Exception error)
    {
        foreach (var call in Admission.TakeAll())
        {
            Release(call);
            call.Reject(error);
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(Running, this))
        {
            _life.RequestEnd(deactivationReason);
        }
        else
        {
            QueueAction(() => _life.RequestEnd(deactivationReason));
        }
    }

    public void Identify() => ActivationId = Engine.NewActivationId();

    /// <summary>The simulated death of the process: no further turn runs.</summary>
    public void Cut() => IsCut = true;

    private protected override void OnScheduled() => Watch.Begin();

    private Task Invoke(GrainCall call)
    {
        try
        {
            return call.Invoke(_life.Instance!)
                ?? Task.FromException(new InvalidOperationException($"{call.Method} returned no task."));
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    public void End(GrainCall call, Task outcome)
    {
        HasServed = true;
        Admission.Ended(call);
        Release(call);
        if (call.RenewsAge)
        {
            Age.Renew();
        }

        if (outcome.IsFaulted && outcome.Exception.InnerException is InconsistentStateException { IsAtItsSource: true } conflict)
        {
            conflict.IsAtItsSource = false;
            _life.RequestEnd(new DeactivationReason(DeactivationReasonCode.ApplicationError, conflict, "Another writer changed the state."));
        }

        call.Complete(outcome);
        OnCallGone();
    }

    private void OnCallGone()
    {
        if (Admission.HasWaiting)
        {
            Admission.StartWaiting();
        }

        if (Admission.Running == 0)
        {
            _life.OnNothingRuns();
        }
    }

    private void Release(GrainCall call)
    {
        Watch.Open.Remove(call);
        if (Pool is not null && !call.IsLocal)
        {
            Interlocked.Decrement(ref Load);
        }
    }
}
