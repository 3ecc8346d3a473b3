namespace JobForge.Runtime.Execution;

/// <summary>
/// Decides when and on which thread activations run. Every piece of work of the engine goes through it, so that a single-threaded,
/// seeded scheduler makes a whole engine deterministic.
/// </summary>
public interface ITurnScheduler
{
    /// <summary>How many turns one <c>Execute</c> may run before it schedules itself again; 1 gives the scheduler every turn to order.</summary>
    int TurnsPerRun { get; }

    /// <summary>
    /// Calls <c>Execute</c> once, later, never within this call. An activation is scheduled at most once at a time. Implementations
    /// must be safe for use by several threads and must not throw.
    /// </summary>
    void Schedule(IThreadPoolWorkItem run);
}

/// <summary>The default: the process's thread pool.</summary>
public sealed class ThreadPoolTurnScheduler : ITurnScheduler
{
    /// <summary>Long enough to spare most of the hand-over, short enough that one busy activation delays no other noticeably.</summary>
    public int TurnsPerRun => 64;

    public void Schedule(IThreadPoolWorkItem run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: true);
}
