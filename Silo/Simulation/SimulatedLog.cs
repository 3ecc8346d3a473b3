using JobForge.Runtime.Simulation;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Simulation;

/// <summary>What a silo logs becomes lines of the trace, when that keeps any.</summary>
internal sealed class SimulatedLog(SimulatedCluster cluster, SimulatedNode node) : ILoggerFactory, ILogger
{
    /// <summary>"A turn failed" and "a run ended unexpectedly in the host".</summary>
    private static readonly int[] InnerFailures = [1, 1002];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // The trace is the only place to write to.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || (node.World.Trace.KeepsLines && logLevel >= LogLevel.Information);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
        {
            cluster.Logged[eventId.Id] = cluster.Logged.TryGetValue(eventId.Id, out var times) ? times + 1 : 1;
        }

        if (logLevel >= LogLevel.Error && InnerFailures.Contains(eventId.Id))
        {
            cluster.InnerFailures.Add($"{node}: {formatter(state, exception)} {exception}");
        }

        if (node.World.Trace.KeepsLines)
        {
            node.World.Trace.Keep(node, "log", $"{logLevel}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
