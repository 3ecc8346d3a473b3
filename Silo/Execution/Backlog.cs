using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Execution;

/// <summary>
/// What this process knows of the ready jobs that are not in its memory: one queue in the store for each epoch that it holds (its own and those it
/// inherited), each loaded up to a place, and the jobs that nobody owns. Guarded by itself; RunQueue asks it under its own lock.
/// </summary>
public sealed class Backlog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Queue> _queues = [];
    private long _own;
    private bool _lookForUnowned = true;
    // Until the first look, and again after a full page, there may be unowned jobs behind this tag.
    private double? _unownedFrom = double.NegativeInfinity;

    /// <summary>Whether the store may hold ready jobs for this process that are not in memory.</summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                return _lookForUnowned || _queues.Values.Any(queue => queue.More);
            }
        }
    }

    /// <summary>Every ready job with a lesser tag has been loaded; infinite when nothing is left in the store.</summary>
    public double Frontier
    {
        get
        {
            lock (_gate)
            {
                var frontier = _unownedFrom ?? double.PositiveInfinity;
                foreach (var queue in _queues.Values)
                {
                    frontier = queue.More ? Math.Min(frontier, queue.Loaded.FairTag) : frontier;
                }

                return frontier;
            }
        }
    }

    /// <summary>Whether epochs of ended processes are held.</summary>
    public bool HoldsOthers
    {
        get
        {
            lock (_gate)
            {
                return _queues.Count > 1;
            }
        }
    }

    /// <summary>A new epoch: nothing of the former ones is held any more, and all may be in the store.</summary>
    public void Reset(long own)
    {
        lock (_gate)
        {
            _queues.Clear();
            _queues[own] = new Queue();
            _own = own;
            (_lookForUnowned, _unownedFrom) = (true, double.NegativeInfinity);
        }
    }

    /// <summary>The epoch is over: nothing is held.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _queues.Clear();
            (_lookForUnowned, _unownedFrom) = (true, double.NegativeInfinity);
        }
    }

    /// <summary>An inherited epoch: its queue is loaded from the start.</summary>
    public void Inherit(long epoch)
    {
        lock (_gate)
        {
            _queues.TryAdd(epoch, new Queue { More = true });
        }
    }

    public void Forget(IEnumerable<long> epochs)
    {
        lock (_gate)
        {
            foreach (var epoch in epochs)
            {
                _queues.Remove(epoch);
            }
        }
    }

    /// <summary>A job of the own epoch goes, or went, to the store only: loading starts again no later than there.</summary>
    public void Note(double tag)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(_own, out var own))
            {
                return;
            }

            if (!own.More || tag < own.Loaded.FairTag)
            {
                own.Loaded = QueuePosition.Before(tag);
            }

            own.More = true;
            own.NotedFrom = Math.Min(own.NotedFrom, tag);
        }
    }

    /// <summary>The rows may hold jobs of this process that it does not know of: every queue is loaded from its start again.</summary>
    public void LoadAnew()
    {
        lock (_gate)
        {
            foreach (var queue in _queues.Values)
            {
                (queue.Loaded, queue.More) = (QueuePosition.Start, true);
                queue.NotedFrom = double.NegativeInfinity;
            }
        }
    }

    /// <summary>Somebody may have left ready jobs without an owner: worth a look, no more.</summary>
    public void NoteUnowned()
    {
        lock (_gate)
        {
            _lookForUnowned = true;
        }
    }

    /// <summary>The epoch whose next page starts first in the fair order; null when all are loaded.</summary>
    public (long Epoch, QueuePosition After)? NextToLoad()
    {
        lock (_gate)
        {
            (long Epoch, QueuePosition After)? next = null;
            foreach (var (epoch, queue) in _queues)
            {
                if (queue.More && (next is null || queue.Loaded.FairTag < next.Value.After.FairTag))
                {
                    next = (epoch, queue.Loaded);
                }
            }

            if (next is { } found)
            {
                _queues[found.Epoch].NotedFrom = double.PositiveInfinity;
            }

            return next;
        }
    }

    /// <param name="full">Whether the page was as long as asked for, so that there may be more behind it.</param>
    public void Loaded(long epoch, QueuePosition after, IReadOnlyList<StoredJob> page, bool full)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(epoch, out var queue))
            {
                return;
            }

            var end = page.Count == 0 ? after : new QueuePosition(page[^1].FairTag, page[^1].Row.Id.Value);
            // What was noted while the page was read may lie before its end and not be in it.
            queue.Loaded = queue.NotedFrom <= end.FairTag ? QueuePosition.Before(queue.NotedFrom) : end;
            queue.More = full || queue.NotedFrom < double.PositiveInfinity;
        }
    }

    /// <summary>Whether unowned jobs are worth a look now; the answer yes is given once for each hint.</summary>
    public bool TakeUnowned()
    {
        lock (_gate)
        {
            var look = _lookForUnowned;
            _lookForUnowned = false;
            return look;
        }
    }

    public void TookUnowned(IReadOnlyList<StoredJob> page, bool full)
    {
        lock (_gate)
        {
            _lookForUnowned |= full;
            _unownedFrom = full ? page[^1].FairTag : null;
        }
    }

    /// <summary>An epoch with jobs behind what was loaded, to be shared with processes that have none.</summary>
    public (long Epoch, QueuePosition After)? ToDonate()
    {
        lock (_gate)
        {
            foreach (var (epoch, queue) in _queues)
            {
                if (queue.More)
                {
                    return (epoch, queue.Loaded);
                }
            }

            return null;
        }
    }

    private sealed class Queue
    {
        public QueuePosition Loaded { get; set; } = QueuePosition.Start;

        public bool More { get; set; }

        /// <summary>The least tag that went to the store since the last page was begun.</summary>
        public double NotedFrom { get; set; } = double.PositiveInfinity;
    }
}
