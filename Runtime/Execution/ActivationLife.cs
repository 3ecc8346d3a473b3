using Microsoft.Extensions.DependencyInjection;
using Orleans;
using JobForge.Runtime.Timers;

namespace JobForge.Runtime.Execution;

/// <summary>Start and end of an activation. Used within its turns; the phase may be read from anywhere.</summary>
internal sealed class ActivationLife(Activation activation)
{
    private EndSignal _ended;
    private HashSet<GrainTimer>? _timers;
    private LifecycleStages? _stages;
    private List<TaskCompletionSource>? _idleWaiters;
    private volatile ActivationPhase _phase;
    private AsyncServiceScope? _scope;
    private DeactivationReason? _reason;
    private bool _isEndBegun;

    public ActivationPhase Phase => _phase;

    public object? Instance { get; private set; }

    public IServiceProvider Services => _scope?.ServiceProvider ?? activation.Engine.Services;

    /// <summary>Made for those who ask; most grains live and end without.</summary>
    public LifecycleStages Stages => _stages ??= new();

    /// <summary>May be asked for from any thread.</summary>
    public Task Ended => _ended.Task;

    private EngineCore Engine => activation.Engine;

    /// <summary>Serves an object that exists already: the observers outside of the grains.</summary>
    public void ServeExisting(object instance)
    {
        Instance = instance;
        _phase = ActivationPhase.Serving;
    }

    public void OnCallWaiting()
    {
        if (_phase == ActivationPhase.Created)
        {
            _phase = ActivationPhase.Starting;
            _ = StartAsync();
        }
    }

    public void RequestEnd(DeactivationReason reason)
    {
        switch (_phase)
        {
            case ActivationPhase.Created:
                Engine.Directory.Remove(activation);
                Die();
                break;
            case ActivationPhase.Starting:
                _reason ??= reason;
                break;
            case ActivationPhase.Serving:
                _reason = reason;
                _phase = ActivationPhase.Ending;
                OnNothingRunsIfSo();
                break;
        }
    }

    public void OnNothingRuns()
    {
        if (_phase == ActivationPhase.Ending && !_isEndBegun)
        {
            _isEndBegun = true;
            activation.QueueAction(() => _ = EndAsync());
        }

        SignalIdle();
    }

    /// <summary>Completes at the first moment at which nothing runs or waits; called from any thread.</summary>
    public Task WhenIdleAsync()
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        activation.QueueAction(() =>
        {
            (_idleWaiters ??= []).Add(signal);
            SignalIdle();
        });
        return signal.Task;
    }

    public void Add(GrainTimer timer) => (_timers ??= []).Add(timer);

    public void Remove(GrainTimer timer) => _timers?.Remove(timer);

    private async Task StartAsync()
    {
        try
        {
            using var stop = new CancellationTokenSource();
            await ActivateAsync(stop.Token).EndWithinAsync(Engine.Options.ActivationTimeout, Engine.Time, stop);
        }
        catch (Exception error)
        {
            await DiscardAsync(error);
            return;
        }

        _phase = ActivationPhase.Serving;
        if (_reason is { } reason)
        {
            RequestEnd(reason);
            return;
        }

        Admission.StartWaiting();
        SignalIdle();
    }

    private Admission Admission => activation.Admission;

    private async Task ActivateAsync(CancellationToken token)
    {
        activation.Identify();
        _scope = Engine.Services.CreateAsyncScope();
        Instance = activation.Class.Construct(activation);
        if (_stages is not null)
        {
            await _stages.StartAsync(token);
        }

        await ((IGrainBase)Instance).OnActivateAsync(token);
    }

    /// <summary>All callers that wait get the original error; the next call tries afresh.</summary>
    private async Task DiscardAsync(Exception error)
    {
        EngineLog.ActivationFailed(Engine.Log, activation.GrainId.ToString(), error);
        Engine.Directory.Remove(activation);
        DisposeTimers();
        activation.RejectWaiting(error);
        await DisposeInstanceAsync();
        activation.RejectWaiting(error);
        Die();
    }

    private async Task EndAsync()
    {
        DisposeTimers();
        if (Instance is IGrainBase grain)
        {
            try
            {
                using var stop = new CancellationTokenSource();
                await DeactivateAsync(grain, stop.Token).EndWithinAsync(Engine.Options.DeactivationTimeout, Engine.Time, stop);
            }
            catch (Exception error)
            {
                EngineLog.DeactivationFailed(Engine.Log, activation.GrainId.ToString(), error);
            }
        }

        Engine.Directory.Remove(activation);
        await DisposeInstanceAsync();
        Die();
    }

    private async Task DeactivateAsync(IGrainBase grain, CancellationToken token)
    {
        await grain.OnDeactivateAsync(_reason!.Value, token);
        if (_stages is not null)
        {
            await _stages.StopAsync(token);
        }
    }

    private void Die()
    {
        _phase = ActivationPhase.Dead;
        foreach (var call in Admission.TakeAll())
        {
            activation.PassOn(call);
        }

        _ended.Set();
        activation.Watch.Forget();
        SignalIdle();
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            switch (Instance)
            {
                case IGrainBase and IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IGrainBase and IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception error)
        {
            EngineLog.DeactivationFailed(Engine.Log, activation.GrainId.ToString(), error);
        }
    }

    private void DisposeTimers()
    {
        foreach (var timer in _timers?.ToArray() ?? [])
        {
            timer.Dispose();
        }
    }

    private void OnNothingRunsIfSo()
    {
        if (Admission.Running == 0)
        {
            OnNothingRuns();
        }
    }

    private void SignalIdle()
    {
        var isIdle = _phase is ActivationPhase.Dead || (_phase is ActivationPhase.Created or ActivationPhase.Serving && Admission.IsIdle);
        if (isIdle && _idleWaiters is { } waiters)
        {
            _idleWaiters = null;
            waiters.ForEach(waiter => waiter.TrySetResult());
        }
    }
}
