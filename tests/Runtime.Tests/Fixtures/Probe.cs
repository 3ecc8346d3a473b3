using System.Collections.Concurrent;

namespace JobForge.Runtime.Tests.Fixtures;

/// <summary>How tests and their grains wait for each other: gates, signals and a common log.</summary>
public sealed class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _signals = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _log = new();

    public IReadOnlyList<string> Log => [.. _log];

    public void Note(string line) => _log.Enqueue(line);

    /// <summary>Passes once the gate is open.</summary>
    public Task Gate(string name) => GateOf(name).Task;

    public void Open(string name) => GateOf(name).TrySetResult();

    public void Signal(string name) => SignalOf(name).Release();

    /// <summary>Waits for one signal of that name; the patience only keeps a broken test from hanging.</summary>
    public async Task Signaled(string name)
    {
        (await SignalOf(name).WaitAsync(Patience)).ShouldBeTrue($"The signal '{name}' never came.");
    }

    public static Task Within(Task task) => task.WaitAsync(Patience);

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience);

    private TaskCompletionSource GateOf(string name) =>
        _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private SemaphoreSlim SignalOf(string name) => _signals.GetOrAdd(name, static _ => new SemaphoreSlim(0));
}
