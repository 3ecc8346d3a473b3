using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Silo.Execution;

/// <summary>
/// The part of the queue that this process keeps in memory, in fair order. Bounded; what does not fit waits in the store. While the store holds
/// unowned work, only jobs that sort before the last one loaded or the first one sent there (the frontier) may enter directly, so nobody overtakes
/// what is older.
/// </summary>
public sealed class RunQueue(int capacity)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<StoredJob, (double Tag, Guid Id)> _ready = new();
    private readonly Dictionary<JobId, StoredJob> _waiting = [];
    private int _reserved;
    private double _frontier = double.NegativeInfinity;
    private bool _storeHasMore;
    private double _virtualTime;

    public double VirtualTime => Volatile.Read(ref _virtualTime);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Places left for pages from the store.</summary>
    public int Room
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, capacity - _ready.Count - _reserved);
            }
        }
    }

    public bool TryReserve(double tag)
    {
        lock (_gate)
        {
            // Half as much again as the capacity for jobs inside the frontier: a new tenant's job gets in while a backlog fills memory.
            var limit = _storeHasMore ? capacity + (capacity / 2) : capacity;
            if (_ready.Count + _reserved >= limit || (_storeHasMore && tag > _frontier))
            {
                // This job goes to the store, so nothing that sorts behind it may enter here before it was loaded.
                _frontier = _storeHasMore ? Math.Min(_frontier, tag) : tag;
                _storeHasMore = true;
                return false;
            }

            _reserved++;
            return true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _reserved--;
        }
    }

    /// <summary>Fills a reservation.</summary>
    public void Enqueue(StoredJob job)
    {
        lock (_gate)
        {
            _reserved--;
            Put(job);
        }

        Changed.Set();
    }

    /// <summary>Adds a page from the store.</summary>
    /// <param name="more">Whether the store holds more unowned ready jobs behind it; null: unknown, leave it as it is.</param>
    public void Add(IReadOnlyList<StoredJob> page, bool? more)
    {
        lock (_gate)
        {
            foreach (var job in page)
            {
                Put(job);
                _frontier = Math.Max(_frontier, job.FairTag);
            }

            _storeHasMore = more ?? _storeHasMore;
        }

        Changed.Set();
    }

    public bool TryTake(out StoredJob job)
    {
        lock (_gate)
        {
            while (_ready.TryDequeue(out job!, out var order))
            {
                // What was forgotten meanwhile, and may have come back since, is passed over here; searching the heap at once would cost more.
                if (_waiting.TryGetValue(job.Row.Id, out var current) && ReferenceEquals(current, job))
                {
                    _waiting.Remove(job.Row.Id);
                    Volatile.Write(ref _virtualTime, Math.Max(_virtualTime, order.Tag));
                    return true;
                }
            }

            return false;
        }
    }

    public void Forget(JobId job)
    {
        lock (_gate)
        {
            _waiting.Remove(job);
        }
    }

    /// <summary>Drops everything: the epoch that owned it is over.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _ready.Clear();
            _waiting.Clear();
            _frontier = double.NegativeInfinity;
            _storeHasMore = true;
        }
    }

    /// <summary>Set when something was added; whoever takes from this queue waits for it.</summary>
    public Signal Changed { get; } = new();

    private void Put(StoredJob job)
    {
        if (_waiting.TryAdd(job.Row.Id, job))
        {
            _ready.Enqueue(job, (job.FairTag, job.Row.Id.Value));
        }
    }
}
