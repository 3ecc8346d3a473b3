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
    /// Names the epoch that will own a job about to be admitted, and reserves a place in memory for it unless memory is full or older work in the store sorts
    /// before this tag: then it is loaded in its turn. Null: this process takes nothing now; the row waits unowned.
    /// </summary>
    Reservation? TryReserve(double fairTag);

    /// <summary>Gives a reservation back: nothing was admitted.</summary>
    void Release(Reservation reservation);

    /// <summary>The job is committed under this reservation and may start in its turn.</summary>
    void Enqueue(Reservation reservation, StoredJob job);

    /// <summary>The job was canceled or moved while it waited in memory.</summary>
    void Forget(JobId job);

    /// <summary>A write about this job ended without an answer: look its row up and go by that.</summary>
    void Doubt(StoredJob job);

    /// <summary>An admission ended without an answer: the rows may give this process jobs that its memory does not know.</summary>
    void Distrust();

    /// <summary>The job left its place: what waits for that (its gate, its parent, itself for its children) may go on.</summary>
    void Left(StoredJob job);

    /// <summary>A pause is over, or a limit has changed: held jobs are worth a look now.</summary>
    void LookAtHolds();

    /// <summary>There is unowned work to be taken, now or at <paramref name="due"/>.</summary>
    void Notice(DateTimeOffset? due);
}

/// <param name="Epoch">The owner to be written in the row.</param>
/// <param name="InMemory">Whether a place in memory is kept.</param>
public readonly record struct Reservation(long Epoch, bool InMemory);
