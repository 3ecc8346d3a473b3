using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Execution;

/// <summary>One life of a grain: receives calls, starts those that may run, and passes the rest on when it ends.</summary>
internal sealed class Activation : TurnQueue, IGrainContext, IRecipient
{
    private readonly OpenCalls _open = new();
    private readonly ActivationLife _life;
    private GrainReference? _reference;
    private GrainCall? _inFirstTurn;
    private long _lastUsed;
    private long _keptUntil = long.MinValue;
    private int _isWatched;

    /// <summary>Has no side effects, because a race may throw the object away.</summary>
    public Activation(EngineCore engine, GrainId grainId, GrainClass grainClass, WorkerPool? pool = null) : base(engine.Options.TurnScheduler)
    {
        Engine = engine;
        GrainId = grainId;
        Class = grainClass;
        Pool = pool;
        Admission = new Admission(this, grainClass.IsReentrant);
        _life = new ActivationLife(this);
        _lastUsed = engine.Time.GetTimestamp();
    }

    /// <summary>The activation whose turn runs on this thread.</summary>
    /// <exception cref="InvalidOperationException">The code runs outside of any grain.</exception>
    public static Activation Here =>
        Running as Activation ?? throw new InvalidOperationException("This code runs outside of a grain's turn. Grains are made by the runtime only.");

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

    /// <summary>The link of the engine's list of activations that may hold overdue calls.</summary>
    public Activation? NextWatched { get; set; }

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
            _open.Add(call);
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

        _open.Add(call);
        outcome.GetAwaiter().UnsafeOnCompleted(() => End(call, outcome));
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

    public void DelayCollection(TimeSpan span)
    {
        _keptUntil = span == Timeout.InfiniteTimeSpan || span == TimeSpan.MaxValue
            ? long.MaxValue
            : span <= TimeSpan.Zero ? long.MinValue : Engine.Time.GetTimestamp() + Engine.ToTimestampUnits(span);
    }

    /// <summary>Deactivates when it has been idle for its class's age; called from any thread.</summary>
    public void CollectIfIdle(long now)
    {
        if (IsOverAge(now))
        {
            QueueAction(() =>
            {
                if (IsServing && Admission.IsIdle && IsOverAge(now))
                {
                    _life.RequestEnd(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "The activation was idle for its collection age."));
                }
            });
        }
    }

    public void Identify() => ActivationId = Engine.NewActivationId();

    /// <summary>Visits each call whose caller waits, from any thread.</summary>
    public void VisitCalls(Action<GrainCall> visit)
    {
        if (Volatile.Read(ref _inFirstTurn) is { } running)
        {
            visit(running);
        }

        _open.Visit(visit);
        VisitQueued(turn =>
        {
            if (turn is GrainCall call)
            {
                visit(call);
            }
        });
    }

    /// <summary>Ends the watch unless calls are still under way.</summary>
    public bool TryEndWatch()
    {
        if (HoldsCalls)
        {
            return false;
        }

        Interlocked.Exchange(ref _isWatched, 0);
        return !HoldsCalls || Interlocked.Exchange(ref _isWatched, 1) == 1;
    }

    /// <summary>The simulated death of the process: no further turn runs.</summary>
    public void Cut() => IsCut = true;

    private bool HoldsCalls => !IsAsleep || !_open.IsEmpty;

    private protected override void OnScheduled()
    {
        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            Engine.Overdue.Watch(this);
        }
    }

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

    private void End(GrainCall call, Task outcome)
    {
        HasServed = true;
        Admission.Ended(call);
        Release(call);
        if (call.RenewsAge)
        {
            _lastUsed = Engine.Time.GetTimestamp();
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
        _open.Remove(call);
        if (Pool is not null && !call.IsLocal)
        {
            Interlocked.Decrement(ref Load);
        }
    }

    private bool IsOverAge(long now) => now >= _keptUntil && now - _lastUsed > Class.CollectionAgeUnits(Engine);
}
