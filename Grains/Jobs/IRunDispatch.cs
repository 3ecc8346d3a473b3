using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Grains.Jobs;

/// <summary>
/// Stage 4 as admission sees it: this process's ExecutionHost. All of it is a hint in memory; the rows are the queue, and a job whose hint is lost is
/// found by the recovery scan.
/// </summary>
public interface IRunDispatch
{
    /// <summary>The tag of the job that started last: the virtual time of fair order. New work never sorts before it.</summary>
    double VirtualTime { get; }

    /// <summary>
    /// Reserves a place in memory for a job about to be admitted and names the epoch that will own it; null when memory is full, or when older work in the
    /// store sorts before this tag (the row then waits unowned, in its order).
    /// </summary>
    long? TryReserve(double fairTag);

    /// <summary>Gives a reservation back: nothing was admitted.</summary>
    void Release(long epoch);

    /// <summary>Fills a reservation: the job is committed and may start.</summary>
    void Enqueue(StoredJob job);

    /// <summary>The job was canceled or moved while it waited in memory.</summary>
    void Forget(JobId job);

    /// <summary>A write about this job ended without an answer: look its row up and go by that.</summary>
    void Doubt(StoredJob job);

    /// <summary>There is unowned work to be taken, now or at <paramref name="due"/>.</summary>
    void Notice(DateTimeOffset? due);
}
