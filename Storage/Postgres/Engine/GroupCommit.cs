using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>
/// Group commit over a few connections. A lane takes everything that waits, up to the cap, as soon as it is free, writes it in one transaction, and
/// answers after the commit. There is no timer: a batch is one row when the system is idle and a thousand when it is saturated.
/// </summary>
/// <remarks>
/// Callers see <see cref="StoreUnavailableException"/> when the database could not be reached or could not write: the outcome is unknown when the
/// connection broke during the commit, so an act is repeated under the same key or fence. They see <see cref="StoreRejectedException"/> when a row breaks
/// a constraint; a neighbour in the same batch does not suffer for it.
/// </remarks>
internal sealed class GroupCommit<TItem, TAnswer> : IAsyncDisposable
{
    private readonly GroupCommitOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<WaitingWrite<TItem, TAnswer>> _waiting = new();
    private readonly Stack<GroupCommitLane<TItem, TAnswer>> _idle = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _waking;
    private bool _closed;

    /// <param name="write">Writes a batch in one transaction (or one auto-committing statement) and answers in the order of the items. It may run again after a failure.</param>
    public GroupCommit(
        NpgsqlDataSource source,
        GroupCommitOptions options,
        Func<NpgsqlConnection, IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TAnswer>>> write)
    {
        _options = options;
        for (var lane = 0; lane < options.Lanes; lane++)
        {
            _idle.Push(new GroupCommitLane<TItem, TAnswer>(this, source, options, write));
        }
    }

    /// <summary>Answers after the commit of the batch that <paramref name="item"/> went into.</summary>
    /// <param name="weight">About how many rows it writes.</param>
    /// <param name="cancel">Drops the item as long as no lane has taken it; afterwards it has no effect.</param>
    public Task<TAnswer> RunAsync(TItem item, int weight, CancellationToken cancel)
    {
        var waiting = new WaitingWrite<TItem, TAnswer>(item, weight, cancel);
        GroupCommitLane<TItem, TAnswer>? lane;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(waiting);
            lane = LaneToWake();
        }

        lane?.Wake();
        return waiting.Answer;
    }

    /// <summary>Writes what was accepted, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            FinishDraining();
        }

        await _drained.Task;
        foreach (var lane in _idle)
        {
            await lane.CloseAsync();
        }
    }

    /// <summary>Fills <paramref name="batch"/> with what waits.</summary>
    /// <returns>
    /// False: nothing waits, and the lane is idle from here on. The lane must go by this answer and not by its batch, which the next one to wake it may be
    /// filling already.
    /// </returns>
    internal bool Take(GroupCommitLane<TItem, TAnswer> lane, List<WaitingWrite<TItem, TAnswer>> batch, bool woken)
    {
        GroupCommitLane<TItem, TAnswer>? next;
        bool taken;
        lock (_gate)
        {
            _waking &= !woken;
            var weight = 0;
            while (_waiting.TryPeek(out var waiting) && (batch.Count == 0 || weight + waiting.Weight <= _options.Cap))
            {
                _waiting.Dequeue();
                if (!waiting.Dropped())
                {
                    batch.Add(waiting);
                    weight += waiting.Weight;
                }
            }

            taken = batch.Count > 0;
            if (!taken)
            {
                _idle.Push(lane);
                FinishDraining();
            }

            next = LaneToWake();
        }

        next?.Wake();
        return taken;
    }

    /// <summary>
    /// An idle lane, when something waits and none is on its way: a lane that was woken and has not taken yet will take what waits, and a second one
    /// would find nothing, or split a batch for no gain.
    /// </summary>
    private GroupCommitLane<TItem, TAnswer>? LaneToWake()
    {
        if (_waking || _waiting.Count == 0 || !_idle.TryPop(out var lane))
        {
            return null;
        }

        _waking = true;
        return lane;
    }

    private void FinishDraining()
    {
        if (_closed && _waiting.Count == 0 && _idle.Count == _options.Lanes)
        {
            _drained.TrySetResult();
        }
    }
}
