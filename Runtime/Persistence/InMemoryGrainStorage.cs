using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Persistence;

/// <summary>States as JSON in memory, for tests and simulations. Keep the object to survive a restart of the engine.</summary>
public sealed class InMemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Stored> _records = new();

    /// <summary>Awaited before each operation with its name (Read, Write, Clear) and the grain; may delay it or throw a fault.</summary>
    public Func<string, GrainId, Task>? BeforeOperation { get; set; }

    /// <summary>Changes the stored etag as another writer would.</summary>
    public void TouchByOther(string stateName, GrainId grainId) =>
        _records.AddOrUpdate(
            (stateName, grainId), static _ => new Stored(null, 1), static (_, stored) => stored with { Version = stored.Version + 1 });

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        await EnterAsync("Read", grainId);
        var stored = _records.GetValueOrDefault((stateName, grainId));
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored?.Json is not null;
        grainState.State = stored?.Json is { } json ? JsonSerializer.Deserialize<T>(json) : default;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        await EnterAsync("Write", grainId);
        grainState.ETag = Replace(stateName, grainId, grainState.ETag, json);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        await EnterAsync("Clear", grainId);
        if (grainState.ETag is not null)
        {
            grainState.ETag = Replace(stateName, grainId, grainState.ETag, null);
        }

        grainState.RecordExists = false;
    }

    private Task EnterAsync(string operation, GrainId grainId) => BeforeOperation?.Invoke(operation, grainId) ?? Task.CompletedTask;

    private string Replace(string stateName, GrainId grainId, string? expected, byte[]? json)
    {
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        var replacement = new Stored(json, (stored?.Version ?? 0) + 1);
        var isReplaced = string.Equals(stored?.ETag, expected, StringComparison.Ordinal)
            && (stored is null ? _records.TryAdd(key, replacement) : _records.TryUpdate(key, replacement, stored));
        return isReplaced
            ? replacement.ETag
            : throw new InconsistentStateException($"Another writer changed the state '{stateName}' of {grainId}.", stored?.ETag, expected);
    }

    private sealed record Stored(byte[]? Json, long Version)
    {
        public string ETag => Version.ToString(CultureInfo.InvariantCulture);
    }
}
