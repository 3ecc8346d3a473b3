using Microsoft.Extensions.Logging;

namespace JobForge.Runtime.Execution;

/// <summary>
/// Runs its turns one at a time, in the order in which they arrived, and is the TaskScheduler of the code in them, so that awaits come
/// back to it; they do so through the SynchronizationContext beside it, which costs an await no task of its own. Arrivals go onto a lock-free stack; the one running thread takes the whole stack and reverses it. The stack's top also says
/// whether the queue is scheduled: null = idle, <see cref="Scheduled"/> = scheduled with nothing new.
/// </summary>
internal abstract class TurnQueue : TaskScheduler, IThreadPoolWorkItem, Orleans.Runtime.IWorkItemScheduler
{
    private static readonly Turn Scheduled = new ActionTurn(static () => { });

    [ThreadStatic]
    private static TurnQueue? t_running;

    private readonly ITurnScheduler _scheduler;
    private readonly TurnContext _context;
    private Turn? _arrivals;
    private Turn? _ready;

    protected TurnQueue(ITurnScheduler scheduler)
    {
        _scheduler = scheduler;
        _context = new TurnContext(this);
    }

    /// <summary>The queue whose turn runs on this thread.</summary>
    internal static TurnQueue? Running => t_running;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>True makes the queue drop everything: the simulated death of its process.</summary>
    private protected bool IsCut { get; set; }

    /// <summary>Nothing is queued and nothing runs.</summary>
    internal bool IsAsleep => Volatile.Read(ref _arrivals) is null;

    private protected abstract ILogger Log { get; }

    internal void Enqueue(Turn turn)
    {
        var top = Volatile.Read(ref _arrivals);
        while (true)
        {
            turn.Next = top ?? Scheduled;
            var seen = Interlocked.CompareExchange(ref _arrivals, turn, top);
            if (ReferenceEquals(seen, top))
            {
                break;
            }

            top = seen;
        }

        if (top is null)
        {
            OnScheduled();
            _scheduler.Schedule(this);
        }
    }

    public void QueueAction(Action action) => Enqueue(new ActionTurn(action));

    void Orleans.Runtime.IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    void IThreadPoolWorkItem.Execute()
    {
        var outer = t_running;
        var outerContext = SynchronizationContext.Current;
        t_running = this;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            // Running the batch as a task of this scheduler is what makes it the current one; one task serves the whole batch.
            new Task(static queue => ((TurnQueue)queue!).RunBatch(), this).RunSynchronously(this);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outerContext);
            t_running = outer;
        }
    }

    internal void RunTask(Task task) => TryExecuteTask(task);

    /// <summary>Visits the turns that have not run yet, from any thread; turns that move meanwhile may be missed.</summary>
    internal void VisitQueued(Action<Turn> visit)
    {
        // The chains may be relinked during the walk, hence the bound; what is missed is seen by the next visit.
        var left = 100_000;
        foreach (var start in (ReadOnlySpan<Turn?>)[Volatile.Read(ref _ready), Volatile.Read(ref _arrivals)])
        {
            for (var turn = start; turn is not null && !ReferenceEquals(turn, Scheduled) && left > 0; turn = turn.Next, left--)
            {
                visit(turn);
            }
        }
    }

    /// <summary>Called by the thread that woke the idle queue.</summary>
    private protected virtual void OnScheduled()
    {
    }

    protected override void QueueTask(Task task) => Enqueue(new TaskTurn(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        ReferenceEquals(t_running, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void RunBatch()
    {
        var outside = ExecutionContext.Capture();
        for (var left = _scheduler.TurnsPerRun; left > 0; left--)
        {
            var turn = Take();
            if (turn is null)
            {
                return;
            }

            try
            {
                turn.Run(this);
            }
            catch (Exception error)
            {
                EngineLog.TurnFailed(Log, ToString(), error);
            }

            // What a turn left behind in its ambient values must not reach the next one.
            if (outside is not null && !ReferenceEquals(ExecutionContext.Capture(), outside))
            {
                ExecutionContext.Restore(outside);
            }
        }

        _scheduler.Schedule(this);
    }

    /// <summary>The next turn, or null after the queue has gone idle.</summary>
    private Turn? Take()
    {
        while (!IsCut)
        {
            if (_ready is { } next)
            {
                Volatile.Write(ref _ready, next.Next);
                next.Next = null;
                return next;
            }

            if (ReferenceEquals(Volatile.Read(ref _arrivals), Scheduled)
                && ReferenceEquals(Interlocked.CompareExchange(ref _arrivals, null, Scheduled), Scheduled))
            {
                return null;
            }

            Volatile.Write(ref _ready, Reverse(Interlocked.Exchange(ref _arrivals, Scheduled)));
        }

        return null;
    }

    private static Turn? Reverse(Turn? newest)
    {
        Turn? oldest = null;
        while (newest is not null && !ReferenceEquals(newest, Scheduled))
        {
            var older = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = older;
        }

        return oldest;
    }

    /// <summary>Sends the rest of an awaiting method back as a turn; within a turn of its own queue the framework runs it at once.</summary>
    private sealed class TurnContext(TurnQueue queue) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => queue.Enqueue(new PostedTurn(d, state));

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A grain's turn is never waited for.");

        public override SynchronizationContext CreateCopy() => this;
    }
}
