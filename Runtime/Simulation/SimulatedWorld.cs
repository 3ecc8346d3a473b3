using JobForge.Contracts.Ids;

namespace JobForge.Runtime.Simulation;

/// <summary>
/// Several processes in one thread, under virtual time. Whatever may happen next is drawn from the seed: the order of everything that is ready, how long
/// a step takes, and the faults. The same seed runs the same steps, on every machine; <see cref="Trace"/> proves it. Used by one thread, the one that
/// made it.
/// </summary>
public sealed class SimulatedWorld
{
    private const int MostLooks = 1_000_000;

    private readonly List<WorldItem> _ready = [];
    private readonly PriorityQueue<WorldTimer.Round, (long Due, long Order)> _timers = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SimulationOptions _options;
    private Exception? _escape;
    private long _order;
    private int _looks;

    public SimulatedWorld(ulong seed, SimulationOptions? options = null)
    {
        (Seed, _options) = (seed, options ?? new SimulationOptions());
        Random = RandomSource.Seeded(seed);
        Ticks = _options.Start.UtcTicks;
        Trace = new WorldTrace(this, _options.TraceLines);
        Observer = CreateNode("observer");
    }

    public ulong Seed { get; }

    /// <summary>The one source of chance in here.</summary>
    public RandomSource Random { get; }

    public WorldTrace Trace { get; }

    /// <summary>A node without faults, for the code that drives the simulation and judges it.</summary>
    public SimulatedNode Observer { get; }

    public DateTimeOffset Now => new(Ticks, TimeSpan.Zero);

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => Now - _options.Start;

    /// <summary>Pieces of work that were run.</summary>
    public long Steps { get; private set; }

    internal long Ticks { get; private set; }

    /// <summary>A further process.</summary>
    public SimulatedNode CreateNode(string name)
    {
        var node = new SimulatedNode(this, name, _nodes.Count, NextSeed());
        _nodes.Add(node);
        return node;
    }

    /// <summary>Runs the scenario on <see cref="Observer"/>, and everybody else beside it, until it ends.</summary>
    /// <exception cref="SimulationException">It did not end within <paramref name="atMost"/> of virtual time, nothing was left to happen, or work left the simulation's thread.</exception>
    public void Run(Func<Task> scenario, TimeSpan atMost)
    {
        var running = Observer.InvokeAsync(scenario);
        RunUntil(() => running.IsCompleted, atMost);
        if (running.Exception is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerExceptions.Count == 1 ? failure.InnerException! : failure);
        }
    }

    /// <summary>Runs everybody until the condition holds; it is asked after every step.</summary>
    /// <exception cref="SimulationException">As <see cref="Run"/>.</exception>
    public void RunUntil(Func<bool> reached, TimeSpan atMost)
    {
        var until = Now + atMost;
        while (!reached())
        {
            if (Now > until)
            {
                throw new SimulationException($"It did not come to its end within {atMost} of virtual time.");
            }

            if (!Step())
            {
                throw new SimulationException("Nothing is left that could happen, and the end is not reached.");
            }
        }
    }

    /// <summary>A chance, true with the probability.</summary>
    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>A time between the two, evenly.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Random.NextDouble());

    internal void Enqueue(WorldItem item)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            // Told by the world's own thread: here it would be thrown into a thread that belongs to nobody.
            Interlocked.CompareExchange(ref _escape, new SimulationException($"Work of {item.Node} left the simulation's thread and came back from another:\n{Environment.StackTrace}"), null);
            return;
        }

        _ready.Add(item);
    }

    internal void Arm(WorldTimer timer, TimeSpan due, long round) =>
        _timers.Enqueue(new WorldTimer.Round(timer, round), (Ticks + due.Ticks, _order++));

    /// <summary>Within a step time stands still: code that asks for it again and again waits for it by spinning, and would never end.</summary>
    internal void CountLook(SimulatedNode node)
    {
        if (++_looks > MostLooks)
        {
            _escape = new SimulationException($"{node} spins until time goes on, which it does not within a step:\n{Environment.StackTrace}");
            throw _escape;
        }
    }

    private bool Step()
    {
        if (Volatile.Read(ref _escape) is { } escape)
        {
            throw escape;
        }

        MoveDueTimers();
        if (_ready.Count == 0)
        {
            return SkipToNextTimer();
        }

        // Whoever is ready may be next: threads promise no order either.
        var at = Random.Next(_ready.Count);
        var item = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (item.Node.Admits(item))
        {
            Steps++;
            _looks = 0;
            Ticks += Random.Next(_options.MostStepMicroseconds) * TimeSpan.TicksPerMicrosecond;
            Trace.Mix(item.Node.Number, _ready.Count);
            item.Run();
        }

        return true;
    }

    private void MoveDueTimers()
    {
        while (_timers.TryPeek(out _, out var next) && next.Due <= Ticks)
        {
            _timers.Dequeue().Fire();
        }
    }

    private bool SkipToNextTimer()
    {
        if (!_timers.TryPeek(out _, out var next))
        {
            return false;
        }

        Ticks = Math.Max(Ticks, next.Due);
        return true;
    }

    private ulong NextSeed()
    {
        Span<byte> bytes = stackalloc byte[8];
        Random.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}

/// <summary>How a world behaves.</summary>
public sealed record SimulationOptions
{
    /// <summary>The clocks' first time.</summary>
    public DateTimeOffset Start { get; init; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A step takes less than this, evenly drawn.</summary>
    public int MostStepMicroseconds { get; init; } = 60;

    /// <summary>Lines of text that the trace keeps, the last ones; 0: none, and making them costs nothing.</summary>
    public int TraceLines { get; init; }
}

/// <summary>The simulation itself cannot go on; nothing is said about what it runs.</summary>
public sealed class SimulationException(string message) : Exception(message);
