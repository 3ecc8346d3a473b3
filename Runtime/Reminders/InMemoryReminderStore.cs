using System.Globalization;
using Orleans.Runtime;

namespace JobForge.Runtime.Reminders;

/// <summary>Reminders in memory, for tests and simulations. Keep the object to survive a restart of the engine.</summary>
public sealed class InMemoryReminderStore : IReminderStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(GrainId Grain, string Name), ReminderRow> _rows =
        new(Comparer<(GrainId Grain, string Name)>.Create(static (a, b) =>
            a.Grain.CompareTo(b.Grain) is var order && order != 0 ? order : string.CompareOrdinal(a.Name, b.Name)));

    private long _lastTag;

    /// <summary>Awaited before each operation with its name (Upsert, Delete, Read, ReadDue); may delay it or throw a fault.</summary>
    public Func<string, Task>? BeforeOperation { get; set; }

    public async Task<string> UpsertAsync(ReminderRow row, CancellationToken token)
    {
        await EnterAsync("Upsert", token);
        lock (_gate)
        {
            var stored = row with { ETag = (++_lastTag).ToString(CultureInfo.InvariantCulture) };
            _rows[(row.GrainId, row.Name)] = stored;
            return stored.ETag;
        }
    }

    public async Task<bool> DeleteAsync(GrainId grainId, string name, string etag, CancellationToken token)
    {
        await EnterAsync("Delete", token);
        lock (_gate)
        {
            return _rows.TryGetValue((grainId, name), out var row) && string.Equals(row.ETag, etag, StringComparison.Ordinal)
                && _rows.Remove((grainId, name));
        }
    }

    public async Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grainId, CancellationToken token)
    {
        await EnterAsync("Read", token);
        lock (_gate)
        {
            return [.. _rows.Values.Where(row => row.GrainId == grainId)];
        }
    }

    public async Task<ReminderPage> ReadDueAsync(DateTimeOffset before, string? after, int limit, CancellationToken token)
    {
        await EnterAsync("ReadDue", token);
        lock (_gate)
        {
            var skip = after is null ? 0 : int.Parse(after, CultureInfo.InvariantCulture);
            var due = _rows.Values.Where(row => row.StartAt < before).Skip(skip).Take(limit + 1).ToList();
            var next = due.Count > limit ? (skip + limit).ToString(CultureInfo.InvariantCulture) : null;
            return new ReminderPage(due[..Math.Min(limit, due.Count)], next);
        }
    }

    private Task EnterAsync(string operation, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return BeforeOperation?.Invoke(operation) ?? Task.CompletedTask;
    }
}
