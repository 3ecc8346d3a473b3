using System.Collections.Concurrent;
using JobForge.Simulation.Plants;

namespace JobForge.Simulation.Drive;

/// <summary>Many seeds, each in one thread, several threads beside each other.</summary>
internal static class Seeds
{
    /// <summary>Verdicts by seed. Ends early once so many seeds have broken.</summary>
    public static IReadOnlyList<Verdict> Run(ulong from, int count, PlantedBug bug = PlantedBug.None, int stopAfter = int.MaxValue)
    {
        var verdicts = new ConcurrentBag<Verdict>();
        var (next, broken) = (-1, 0);
        var threads = Enumerable.Range(0, Math.Max(1, Math.Min(count, Environment.ProcessorCount))).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. verdicts.OrderBy(verdict => verdict.Seed)];

        void Work()
        {
            while (Volatile.Read(ref broken) < stopAfter && Interlocked.Increment(ref next) is var i && i < count)
            {
                var verdict = SeedRun.Run(from + (ulong)i, bug);
                verdicts.Add(verdict);
                Interlocked.Add(ref broken, verdict.Held ? 0 : 1);
            }
        }
    }
}
