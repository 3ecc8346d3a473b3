using System.Collections.Concurrent;
using JobForge.Storage.Roles;

namespace JobForge.Gateway.Access;

/// <summary>
/// Looks up keys and remembers them for less than a second, so that a busy key costs one read a second and a revocation takes effect
/// within one. Concurrent callers share a look-up. Unknown ids are never remembered.
/// </summary>
public sealed class ApiKeyDirectory(IReadModel rows, TimeProvider time, GatewayOptions options)
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The key's row, revoked or not; null when there is none.</summary>
    public Task<ApiKeyRow?> FindAsync(string keyId) =>
        _entries.TryGetValue(keyId, out var entry) && IsFresh(entry) ? entry.Row : LookUpAsync(keyId, entry);

    /// <summary>Whether the id was found before, however long ago: only then is a look-up worth it for an address that guesses.</summary>
    public bool HasSeen(string keyId) => _entries.ContainsKey(keyId);

    /// <summary>Forgets a key at once, for a revocation through this process.</summary>
    public void Forget(string keyId) => _entries.TryRemove(keyId, out _);

    private bool IsFresh(Entry entry) => time.GetElapsedTime(entry.AskedAt) < options.KeyCacheAge;

    private async Task<ApiKeyRow?> LookUpAsync(string keyId, Entry? stale)
    {
        // The age counts from before the read: what the row says may be as old as the question.
        var asked = new Entry(time.GetTimestamp());
        if (!Replace(keyId, stale, asked) && _entries.TryGetValue(keyId, out var other) && IsFresh(other))
        {
            return await other.Row;
        }

        try
        {
            // Not the caller's cancellation: others may wait for the same answer.
            var row = await rows.ApiKeyAsync(keyId, CancellationToken.None);
            asked.Answer.SetResult(row);
            if (row is null)
            {
                Drop(keyId, asked);
            }

            return row;
        }
        catch (Exception fault)
        {
            Drop(keyId, asked);
            asked.Answer.SetException(fault);
            _ = asked.Row.Exception;
            throw;
        }
    }

    private bool Replace(string keyId, Entry? stale, Entry asked)
    {
        if (stale is not null)
        {
            return _entries.TryUpdate(keyId, asked, stale);
        }

        if (_entries.Count >= MaxEntries)
        {
            _entries.Clear();
        }

        return _entries.TryAdd(keyId, asked);
    }

    private void Drop(string keyId, Entry entry) => _entries.TryRemove(KeyValuePair.Create(keyId, entry));

    private sealed class Entry(long askedAt)
    {
        public long AskedAt => askedAt;

        public TaskCompletionSource<ApiKeyRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ApiKeyRow?> Row => Answer.Task;
    }
}
