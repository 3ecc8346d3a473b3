using JobForge.Contracts.Ids;
using JobForge.Runtime.Execution;

namespace JobForge.Runtime.Simulation;

/// <summary>
/// One process of a <see cref="SimulatedWorld"/>: its code runs in its context only, on its own clock and chance. It can be killed (nothing of it runs
/// again), frozen (nothing runs until it is thawed, while time goes on) and have its clock set.
/// </summary>
public sealed class SimulatedNode
{
    private readonly List<WorldItem> _frozen = [];
    private readonly List<Action> _pending = [];
    private readonly NodeContext _context;
    private readonly NodeContext _timers;

    internal SimulatedNode(SimulatedWorld world, string name, int number, ulong seed)
    {
        (World, Name, Number) = (world, name, number);
        Random = RandomSource.Seeded(seed);
        Clock = new NodeClock(this);
        Turns = new NodeTurns(this);
        _context = new NodeContext(this);
        // A second one, so that what a timer completes goes on as work of its own and not within the timer's callback.
        _timers = new NodeContext(this);
    }

    public SimulatedWorld World { get; }

    public string Name { get; }

    /// <summary>The clock that everything in this process must use.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The chance that everything in this process must use.</summary>
    public RandomSource Random { get; }

    /// <summary>For <c>EmbeddedEngineOptions.TurnScheduler</c> of an engine in this process.</summary>
    public ITurnScheduler Turns { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen { get; private set; }

    /// <summary>How far its clock is ahead of the world's.</summary>
    public TimeSpan ClockError { get; private set; }

    internal int Number { get; }

    /// <summary>Dies for good, as by kill -9; who starts the process again makes a new node. Calls into it that have no answer yet get <see cref="NodeLostException"/>.</summary>
    public void Kill()
    {
        if (!IsAlive)
        {
            return;
        }

        World.Trace.Note(this, "killed");
        (IsAlive, IsFrozen) = (false, false);
        _frozen.Clear();
        foreach (var fail in _pending.ToArray())
        {
            fail();
        }

        _pending.Clear();
    }

    /// <summary>Stands still as by SIGSTOP: its timers that come due meanwhile all fire when it is thawed.</summary>
    public void Freeze()
    {
        World.Trace.Note(this, "frozen");
        IsFrozen = IsAlive;
    }

    public void Thaw()
    {
        World.Trace.Note(this, "thawed");
        IsFrozen = false;
        foreach (var item in _frozen)
        {
            World.Enqueue(item);
        }

        _frozen.Clear();
    }

    /// <summary>Sets its clock: so far ahead of the world's, or behind it.</summary>
    public void SetClock(TimeSpan ahead)
    {
        World.Trace.Note(this, "clock set", ahead);
        ClockError = ahead;
    }

    /// <summary>Runs code in this process. Its task ends where the caller runs.</summary>
    public Task InvokeAsync(Func<Task> work) => InvokeAsync(async () =>
    {
        await work();
        return true;
    });

    /// <summary>Runs code in this process. Its task ends where the caller runs; with <see cref="NodeLostException"/> when the process dies before it.</summary>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!IsAlive)
        {
            answer.SetException(new NodeLostException(Name));
            return answer.Task;
        }

        Action fail = () => answer.TrySetException(new NodeLostException(Name));
        _pending.Add(fail);
        Post(static one => ((Action)one!)(), (Action)(() => _ = AnswerAsync(work, answer, fail)));
        return answer.Task;
    }

    /// <summary>Waits on this node's clock, to the tick; <c>Task.Delay</c> cuts a wait off to whole milliseconds.</summary>
    public Task DelayAsync(TimeSpan span)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Clock.CreateTimer(static one => ((TaskCompletionSource)one!).TrySetResult(), over, span, Timeout.InfiniteTimeSpan);
        return over.Task;
    }

    public override string ToString() => Name;

    internal void Post(SendOrPostCallback callback, object? state)
    {
        if (IsAlive)
        {
            World.Enqueue(new WorldItem(this, _context, callback, state));
        }
    }

    internal void PostTimer(SendOrPostCallback callback, object? state)
    {
        if (IsAlive)
        {
            World.Enqueue(new WorldItem(this, _timers, callback, state));
        }
    }

    /// <summary>False: the item does not run now; one of a frozen node is kept for later.</summary>
    internal bool Admits(WorldItem item)
    {
        if (!IsAlive)
        {
            return false;
        }

        if (IsFrozen)
        {
            _frozen.Add(item);
            return false;
        }

        return true;
    }

    private async Task AnswerAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> answer, Action fail)
    {
        try
        {
            answer.TrySetResult(await work());
        }
        catch (Exception failure)
        {
            answer.TrySetException(failure);
        }
        finally
        {
            _pending.Remove(fail);
        }
    }

    /// <summary>Continuations of the process's code come back as its work.</summary>
    private sealed class NodeContext(SimulatedNode node) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => node.Post(d, state);

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody waits for a simulated process.");

        public override SynchronizationContext CreateCopy() => this;

        public override string ToString() => node.Name;
    }

    private sealed class NodeTurns(SimulatedNode node) : ITurnScheduler
    {
        public int TurnsPerRun => 1;

        public void Schedule(IThreadPoolWorkItem run) => node.Post(static one => ((IThreadPoolWorkItem)one!).Execute(), run);
    }

    private sealed class NodeClock(SimulatedNode node) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow()
        {
            node.World.CountLook(node);
            return node.World.Now + node.ClockError;
        }

        public override long GetTimestamp()
        {
            node.World.CountLook(node);
            return node.World.Ticks;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new WorldTimer(node, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }
}

/// <summary>The process died before it answered: whether it did what it was asked is not known.</summary>
public sealed class NodeLostException(string node) : Exception($"{node} was lost before it answered.");
