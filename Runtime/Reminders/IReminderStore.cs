using Orleans.Runtime;

namespace JobForge.Runtime.Reminders;

/// <summary>One stored reminder: it ticks at <c>StartAt + N x Period</c>.</summary>
public sealed record ReminderRow(GrainId GrainId, string Name, DateTimeOffset StartAt, TimeSpan Period, string ETag);

/// <summary>A part of a read. <c>Next</c> is what to pass to get the part after it; null means that this was the last.</summary>
public sealed record ReminderPage(IReadOnlyList<ReminderRow> Rows, string? Next);

/// <summary>Where reminders survive restarts.</summary>
public interface IReminderStore
{
    /// <summary>Inserts or replaces the reminder of (GrainId, Name), whatever its etag, and returns the new etag.</summary>
    Task<string> UpsertAsync(ReminderRow row, CancellationToken token);

    /// <summary>Deletes the reminder if it still has that etag; false when it has another one or is not there.</summary>
    Task<bool> DeleteAsync(GrainId grainId, string name, string etag, CancellationToken token);

    /// <summary>All reminders of a grain, in no particular order.</summary>
    Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grainId, CancellationToken token);

    /// <summary>
    /// All reminders with <c>StartAt &lt; before</c>, that is all that can tick before then, at most <paramref name="limit"/> a page, in a
    /// stable order. <paramref name="after"/> is null for the first page, else the last page's <c>Next</c>.
    /// </summary>
    Task<ReminderPage> ReadDueAsync(DateTimeOffset before, string? after, int limit, CancellationToken token);
}
