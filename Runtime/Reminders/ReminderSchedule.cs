using JobForge.Runtime.Execution;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Reminders;

/// <summary>
/// The reminders that tick soon, and their delivery. All of it runs in turns of its own, so it needs no locks and is as deterministic as
/// its turn scheduler.
/// </summary>
internal sealed class ReminderSchedule : TurnQueue
{
    private const int PageSize = 1_000;

    private readonly EngineCore _engine;
    private readonly IReminderStore _store;
    private readonly Dictionary<(GrainId Grain, string Name), Entry> _entries = [];
    private readonly PriorityQueue<Entry, DateTimeOffset> _queue = new();
    private readonly ITimer _due;
    private readonly ITimer _refresh;
    private readonly HashSet<Task> _deliveries = [];
    private HashSet<(GrainId Grain, string Name)>? _touchedInRefresh;
    private volatile bool _isStopped;

    public ReminderSchedule(EngineCore engine, IReminderStore store) : base(engine.Options.TurnScheduler)
    {
        _engine = engine;
        _store = store;
        _due = engine.Time.CreateTimer(_ => QueueAction(DeliverDue), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _refresh = engine.Time.CreateTimer(_ => QueueAction(() => _ = RefreshAsync()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private protected override ILogger Log => _engine.Log;

    private DateTimeOffset Horizon => _engine.Time.GetUtcNow() + _engine.Options.Reminders.ReminderLoadingWindow;

    public Task StartAsync()
    {
        var period = _engine.Options.Reminders.RefreshReminderListPeriod;
        _refresh.Change(period, period);
        return InTurnAsync(RefreshAsync);
    }

    public void StopTimers()
    {
        _isStopped = true;
        _due.Dispose();
        _refresh.Dispose();
    }

    /// <summary>The simulated death of the process.</summary>
    public void Cut() => IsCut = true;

    public Task StopAsync() => InTurnAsync(() => Task.WhenAll(_deliveries));

    /// <summary>Follows a row that was written; called from any thread.</summary>
    public Task PutAsync(ReminderRow row) => InTurnAsync(() =>
    {
        _touchedInRefresh?.Add((row.GrainId, row.Name));
        Load(row);
        ArmDue();
        return Task.CompletedTask;
    });

    public Task DropAsync(GrainId grainId, string name, string etag) => InTurnAsync(() =>
    {
        _touchedInRefresh?.Add((grainId, name));
        if (_entries.TryGetValue((grainId, name), out var entry) && string.Equals(entry.Row.ETag, etag, StringComparison.Ordinal))
        {
            _entries.Remove((grainId, name));
        }

        return Task.CompletedTask;
    });

    private Task InTurnAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    private async Task RefreshAsync()
    {
        if (_touchedInRefresh is not null || _isStopped)
        {
            return;
        }

        _touchedInRefresh = [];
        try
        {
            await ReadAllAsync();
        }
        catch (Exception error)
        {
            EngineLog.RemindersUnreadable(Log, error);
        }

        _touchedInRefresh = null;
        ArmDue();
    }

    private async Task ReadAllAsync()
    {
        // What is registered or dropped while the pages are read is newer than they are, and must not count as gone either.
        var before = _entries.Values.ToHashSet();
        string? next = null;
        do
        {
            var page = await _store.ReadDueAsync(Horizon, next, PageSize, CancellationToken.None);
            foreach (var row in page.Rows.Where(IsOurs))
            {
                before.Remove(_entries.GetValueOrDefault((row.GrainId, row.Name))!);
                Load(row);
            }

            next = page.Next;
        }
        while (next is not null);

        foreach (var gone in before.Where(entry => entry.IsLoaded(this) && !_touchedInRefresh!.Contains(entry.Key)))
        {
            _entries.Remove(gone.Key);
        }
    }

    private bool IsOurs(ReminderRow row) =>
        _engine.Options.DeliversRemindersOf(row.GrainId) && !_touchedInRefresh!.Contains((row.GrainId, row.Name));

    private void Load(ReminderRow row)
    {
        if (_entries.TryGetValue((row.GrainId, row.Name), out var known) && string.Equals(known.Row.ETag, row.ETag, StringComparison.Ordinal))
        {
            return;
        }

        var entry = new Entry(row);
        if (entry.NextTick(_engine.Time.GetUtcNow()) <= Horizon)
        {
            _entries[entry.Key] = entry;
            Enqueue(entry);
        }
        else
        {
            // A later refresh loads it; an older version of it must not tick any more.
            _entries.Remove(entry.Key);
        }
    }

    private void Enqueue(Entry entry) => _queue.Enqueue(entry, entry.NextTick(_engine.Time.GetUtcNow()));

    private void ArmDue()
    {
        if (_isStopped || !_queue.TryPeek(out _, out var due))
        {
            return;
        }

        DateTimeOffset now;
        do
        {
            // Rounded up to the clock's millisecond, so that the timer never fires just before the tick. Set again when the clock stepped
            // meanwhile: the wait would count from its new time and be too long by the step.
            now = _engine.Time.GetUtcNow();
            var wait = Math.Ceiling((due - now).TotalMilliseconds);
            _due.Change(wait > 0 ? TimeSpan.FromMilliseconds(wait) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        while (_engine.Time.GetUtcNow() - now >= TimeSpan.FromMilliseconds(1));

        if (due <= now)
        {
            QueueAction(DeliverDue);
        }
    }

    private void DeliverDue()
    {
        var now = _engine.Time.GetUtcNow();
        while (!_isStopped && _queue.TryPeek(out var entry, out var due) && due <= now)
        {
            _queue.Dequeue();
            if (entry.IsLoaded(this))
            {
                var delivery = DeliverAsync(entry, now);
                if (!delivery.IsCompleted)
                {
                    _deliveries.Add(delivery);
                }
            }
        }

        ArmDue();
    }

    /// <summary>The next tick is set when this one has ended, so ticks of one reminder never overlap and late ones are skipped.</summary>
    private async Task DeliverAsync(Entry entry, DateTimeOffset now)
    {
        var row = entry.Row;
        var delivery = DeliverOnceAsync(row, now);
        await delivery;
        _deliveries.RemoveWhere(one => one.IsCompleted);
        if (entry.IsLoaded(this))
        {
            entry.Ticked(now);
            if (entry.NextTick(_engine.Time.GetUtcNow()) <= Horizon)
            {
                Enqueue(entry);
                ArmDue();
            }
            else
            {
                _entries.Remove(entry.Key);
            }
        }
    }

    private async Task DeliverOnceAsync(ReminderRow row, DateTimeOffset now)
    {
        try
        {
            var grain = _engine.Factory.GetGrain<IRemindable>(row.GrainId);
            await grain.ReceiveReminder(row.Name, new TickStatus(row.StartAt.UtcDateTime, row.Period, now.UtcDateTime));
        }
        catch (Exception error)
        {
            EngineLog.ReminderFailed(Log, row.Name, row.GrainId.ToString(), error);
        }
    }

    private sealed class Entry(ReminderRow row)
    {
        private DateTimeOffset? _lastTick;

        public ReminderRow Row => row;

        public (GrainId Grain, string Name) Key => (row.GrainId, row.Name);

        public bool IsLoaded(ReminderSchedule schedule) => schedule._entries.TryGetValue(Key, out var current) && ReferenceEquals(current, this);

        public void Ticked(DateTimeOffset at) => _lastTick = at;

        /// <summary>The first of StartAt + N x Period that is not before now and after the last tick.</summary>
        public DateTimeOffset NextTick(DateTimeOffset now)
        {
            var earliest = _lastTick is { } last && last >= now ? last.AddTicks(1) : now;
            if (row.StartAt >= earliest)
            {
                return row.StartAt;
            }

            var late = (earliest - row.StartAt).Ticks;
            var rounds = (late + row.Period.Ticks - 1) / row.Period.Ticks;
            return row.StartAt + (row.Period * rounds);
        }
    }
}
