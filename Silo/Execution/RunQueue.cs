using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Silo.Execution;

/// <summary>
/// The part of the queue that this process keeps in memory, in fair order. Bounded; what does not fit waits in the store (<see cref="Backlog"/>). While
/// the store holds more, only jobs that sort before all of it (the frontier) may enter directly, so nobody overtakes what is older. A job is in hand
/// from its entry until its run is settled, and a page that still shows it does not bring it in again.
/// </summary>
public sealed class RunQueue(int capacity, Backlog backlog)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<StoredJob, (double Tag, Guid Id)> _ready = new();
    private readonly Dictionary<JobId, InHand> _inHand = [];
    private readonly HashSet<JobId> _leftDuringLoad = [];
    private int _waiting;
    private int _reserved;
    private int _loads;
    private double _virtualTime;

    public double VirtualTime => Volatile.Read(ref _virtualTime);

    /// <summary>What of this process's jobs is in the store only.</summary>
    public Backlog Backlog => backlog;

    /// <summary>Jobs that wait here.</summary>
    public int Count => Volatile.Read(ref _waiting);

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

    /// <summary>Virtual time only moves forward.</summary>
    public void AdvanceTo(double virtualTime)
    {
        lock (_gate)
        {
            Volatile.Write(ref _virtualTime, Math.Max(_virtualTime, virtualTime));
        }
    }

    /// <summary>Keeps a place for a job that is about to be committed; false: it will be loaded in its turn.</summary>
    public bool TryReserve(double tag)
    {
        lock (_gate)
        {
            // Half as much again as the capacity for jobs inside the frontier: a new tenant's job gets in while a backlog fills memory.
            var limit = backlog.HasMore ? capacity + (capacity / 2) : capacity;
            if (_ready.Count + _reserved >= limit || tag > backlog.Frontier)
            {
                // This job goes to the store, so nothing that sorts behind it may enter here before it was loaded.
                backlog.Note(tag);
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

    /// <summary>A job without a place here is committed: from now on a page shows it. The pump asks for one when there is room.</summary>
    public void Stored(double tag)
    {
        backlog.Note(tag);
        if (Room > 0)
        {
            Changed.Set();
        }
    }

    /// <summary>
    /// Adds jobs that the store has just given to this process. One whose earlier run here is not settled yet (its end is committed, and it became due, or
    /// its children ended, in the same moment) comes in when that run is.
    /// </summary>
    public void Take(IReadOnlyList<StoredJob> jobs)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var job in jobs)
            {
                if (_inHand.TryGetValue(job.Row.Id, out var current) && current.Runs)
                {
                    _inHand[job.Row.Id] = current with { Again = job };
                }
                else
                {
                    Put(job);
                }
            }
        }

        Changed.Set();
    }

    /// <summary>Adds jobs that this process found again.</summary>
    public void Add(IReadOnlyList<StoredJob> jobs)
    {
        lock (_gate)
        {
            foreach (var job in jobs)
            {
                Put(job);
            }
        }

        Changed.Set();
    }

    /// <summary>Reads a page that writes nothing, and adds what of it is not in hand and did not leave meanwhile: the page may show jobs as they stood before.</summary>
    /// <returns>The page as it was read.</returns>
    public async Task<IReadOnlyList<StoredJob>> LoadAsync(Func<Task<IReadOnlyList<StoredJob>>> read)
    {
        lock (_gate)
        {
            _loads++;
        }

        IReadOnlyList<StoredJob> page = [];
        try
        {
            return page = await read();
        }
        finally
        {
            lock (_gate)
            {
                foreach (var job in page)
                {
                    if (!_leftDuringLoad.Contains(job.Row.Id))
                    {
                        Put(job);
                    }
                }

                if (--_loads == 0)
                {
                    _leftDuringLoad.Clear();
                }
            }

            Changed.Set();
        }
    }

    public bool TryTake(out StoredJob job)
    {
        lock (_gate)
        {
            while (_ready.TryDequeue(out job!, out var order))
            {
                // What was forgotten meanwhile, and may have come back since, is passed over here; searching the heap at once would cost more.
                if (_inHand.TryGetValue(job.Row.Id, out var current) && ReferenceEquals(current.Job, job) && !current.Runs)
                {
                    _inHand[job.Row.Id] = new InHand(job, Runs: true);
                    _waiting--;
                    Volatile.Write(ref _virtualTime, Math.Max(_virtualTime, order.Tag));
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The run of a job that was taken is over, or the job is not this process's any more.</summary>
    public void Settle(StoredJob job)
    {
        lock (_gate)
        {
            // After a lost lease the same job may be in hand again, for another run.
            if (_inHand.TryGetValue(job.Row.Id, out var current) && ReferenceEquals(current.Job, job))
            {
                Leave(job.Row.Id, current);
            }
        }
    }

    /// <summary>A job that waits here was canceled or moved.</summary>
    public void Forget(JobId job)
    {
        lock (_gate)
        {
            if (_inHand.TryGetValue(job, out var current) && !current.Runs)
            {
                Leave(job, current);
            }
            else if (_loads > 0)
            {
                _leftDuringLoad.Add(job);
            }
        }
    }

    /// <summary>A job that was taken comes back to be taken again.</summary>
    public void Return(StoredJob job)
    {
        lock (_gate)
        {
            if (_inHand.TryGetValue(job.Row.Id, out var current) && ReferenceEquals(current.Job, job))
            {
                _inHand.Remove(job.Row.Id);
                Put(job);
            }
        }

        Changed.Set();
    }

    /// <summary>Takes up to <paramref name="count"/> jobs out that would be started last.</summary>
    public IReadOnlyList<StoredJob> TakeLast(int count)
    {
        lock (_gate)
        {
            var last = _inHand.Values.Where(entry => !entry.Runs).Select(entry => entry.Job).OrderByDescending(job => (job.FairTag, job.Row.Id.Value)).Take(Math.Max(0, count)).ToList();
            foreach (var job in last)
            {
                _inHand.Remove(job.Row.Id);
                _waiting--;
            }

            return last;
        }
    }

    /// <summary>Whether the job waits or runs here.</summary>
    public bool IsInHand(JobId job)
    {
        lock (_gate)
        {
            return _inHand.ContainsKey(job);
        }
    }

    /// <summary>The job as it waits here, or null.</summary>
    public StoredJob? Find(JobId job)
    {
        lock (_gate)
        {
            return _inHand.TryGetValue(job, out var current) && !current.Runs ? current.Job : null;
        }
    }

    /// <summary>A new epoch is open.</summary>
    public void Reset(long epoch) => backlog.Reset(epoch);

    /// <summary>Drops everything: the epoch that owned it is over.</summary>
    public void Clear()
    {
        backlog.Clear();
        lock (_gate)
        {
            _inHand.Clear();
            _ready.Clear();
            _waiting = 0;
        }
    }

    /// <summary>Set when something was added; whoever takes from this queue waits for it.</summary>
    public Signal Changed { get; } = new();

    private void Leave(JobId job, InHand current)
    {
        _inHand.Remove(job);
        _waiting -= current.Runs ? 0 : 1;
        if (current.Again is { } again)
        {
            Put(again);
            Changed.Set();
        }
        else if (_loads > 0)
        {
            _leftDuringLoad.Add(job);
        }
    }

    private void Put(StoredJob job)
    {
        if (_inHand.TryAdd(job.Row.Id, new InHand(job, Runs: false)))
        {
            _waiting++;
            _ready.Enqueue(job, (job.FairTag, job.Row.Id.Value));
        }
    }

    /// <param name="Again">The same job, given to this process anew while its earlier run is not settled.</param>
    private readonly record struct InHand(StoredJob Job, bool Runs, StoredJob? Again = null);
}
