using JobForge.Runtime.Execution;
using Orleans.Runtime;

namespace JobForge.Runtime.Timers;

/// <summary>
/// A timer whose ticks are requests of its activation. The next tick is set when a callback ends, so ticks never pile up or overlap.
/// </summary>
internal sealed class GrainTimer : IGrainTimer
{
    private static readonly MethodShape WaitingTick = new("IGrainTimer", "Tick");
    private static readonly MethodShape InterleavingTick = WaitingTick with { AlwaysInterleave = true };

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposal = new();
    private readonly ITimer _clock;
    private TimeSpan _period;
    private (TimeSpan Due, TimeSpan Period)? _change;
    private int _round;
    private bool _isTicking;
    private bool _isDisposed;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _period = options.Period;
        _clock = activation.Engine.Time.CreateTimer(
            static self => ((GrainTimer)self!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <exception cref="InvalidOperationException">Called outside of the grain's own turns.</exception>
    public static GrainTimer Register(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, options.Period);
        if (!ReferenceEquals(TurnQueue.Running, activation))
        {
            throw new InvalidOperationException("A grain timer can only be registered within the grain's own turns.");
        }

        var timer = new GrainTimer(activation, callback, options);
        activation.Life.Add(timer);
        timer.Set(options.DueTime);
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        if (_isTicking)
        {
            _change = (dueTime, period);
            return;
        }

        _period = period;
        Set(dueTime);
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _clock.Dispose();
            _activation.Life.Remove(this);
            _disposal.Cancel();
        }
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        foreach (var span in (ReadOnlySpan<TimeSpan>)[dueTime, period])
        {
            if (span != Timeout.InfiniteTimeSpan && (span < TimeSpan.Zero || span.TotalMilliseconds > 0xFFFF_FFFE))
            {
                throw new ArgumentOutOfRangeException(nameof(dueTime), span, "A timer's spans are infinite or within 0..0xFFFFFFFE ms.");
            }
        }
    }

    private void Set(TimeSpan dueTime)
    {
        // A tick that is queued already belongs to the schedule before this one.
        _round++;
        if (_isDisposed)
        {
            return;
        }

        if (dueTime == TimeSpan.Zero)
        {
            _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            OnDue();
        }
        else
        {
            _clock.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnDue() => _activation.Enqueue(new Tick(this, Volatile.Read(ref _round)));

    private async Task RunAsync(int round)
    {
        if (_isDisposed || round != _round)
        {
            return;
        }

        _isTicking = true;
        try
        {
            await _callback(_disposal.Token);
        }
        catch (Exception error) when (error is not Orleans.Storage.InconsistentStateException)
        {
            EngineLog.TimerFailed(_activation.Engine.Log, _activation.GrainId.ToString(), error);
        }
        finally
        {
            _isTicking = false;
            SetNext();
        }
    }

    private void SetNext()
    {
        if (_change is { } change)
        {
            _change = null;
            _period = change.Period;
            Set(change.Due);
        }
        else
        {
            Set(_period);
        }
    }

    private sealed class Tick(GrainTimer timer, int round) : GrainCall(timer._options.Interleave ? InterleavingTick : WaitingTick)
    {
        internal override bool RenewsAge => timer._options.KeepAlive;

        internal override bool IsLocal => true;

        public override Task Invoke(object target) => timer.RunAsync(round);

        private protected override void SetOutcome(Task outcome)
        {
            if (outcome.IsFaulted)
            {
                EngineLog.TimerFailed(timer._activation.Engine.Log, timer._activation.GrainId.ToString(), outcome.Exception.InnerException!);
            }
        }

        private protected override void SetException(Exception error)
        {
        }

        private protected override void SetCanceled(CancellationToken token)
        {
        }
    }
}
