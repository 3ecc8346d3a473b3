namespace JobForge.Runtime.Simulation;

/// <summary>Probabilities of what happens to a call on its way, each from 0 to 1.</summary>
public sealed record LinkFaults
{
    public static LinkFaults None { get; } = new();

    /// <summary>The call never arrives.</summary>
    public double LoseRequest { get; init; }

    /// <summary>The call is carried out, and nobody hears of it.</summary>
    public double LoseAnswer { get; init; }

    /// <summary>The call arrives twice; the first answer counts.</summary>
    public double Repeat { get; init; }

    /// <summary>A way takes up to <see cref="MostDelay"/> instead of up to <see cref="UsualDelay"/>.</summary>
    public double Delay { get; init; }

    public TimeSpan UsualDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When a caller without an answer gives up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Calls from one node to another, over a network that delays, loses and repeats.</summary>
public static class SimulatedLink
{
    /// <exception cref="NodeLostException">The callee died, or no answer came in time: whether the call was carried out is not known.</exception>
    public static async Task<T> CallAsync<T>(this SimulatedNode from, SimulatedNode to, LinkFaults faults, Func<Task<T>> call)
    {
        var world = from.World;
        var repeated = world.Chance(faults.Repeat);
        var answers = new List<Task<T>> { OnceAsync(from, to, faults, call) };
        if (repeated)
        {
            answers.Add(OnceAsync(from, to, faults, call));
        }

        var patience = PatienceAsync(from, faults);
        while (answers.Count > 0)
        {
            var first = await Task.WhenAny([patience, .. answers]);
            if (first == patience)
            {
                break;
            }

            if (first is Task<T> { IsFaulted: false } answered || answers.Count == 1)
            {
                return await (Task<T>)first;
            }

            answers.Remove((Task<T>)first);
        }

        throw new NodeLostException(to.Name);
    }

    private static async Task<T> OnceAsync<T>(SimulatedNode from, SimulatedNode to, LinkFaults faults, Func<Task<T>> call)
    {
        await WayAsync(from, faults);
        if (from.World.Chance(faults.LoseRequest))
        {
            await from.DelayAsync(faults.Patience * 2);
            throw new NodeLostException(to.Name);
        }

        var answer = await to.InvokeAsync(call);
        if (from.World.Chance(faults.LoseAnswer))
        {
            await from.DelayAsync(faults.Patience * 2);
            throw new NodeLostException(to.Name);
        }

        await WayAsync(from, faults);
        return answer;
    }

    private static async Task PatienceAsync(SimulatedNode from, LinkFaults faults) => await from.DelayAsync(faults.Patience);

    private static Task WayAsync(SimulatedNode from, LinkFaults faults)
    {
        var most = from.World.Chance(faults.Delay) ? faults.MostDelay : faults.UsualDelay;
        return from.DelayAsync(from.World.Between(TimeSpan.Zero, most));
    }
}
