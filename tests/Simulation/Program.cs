using System.Diagnostics;
using System.Globalization;
using JobForge.Simulation.Drive;
using JobForge.Simulation.Plants;

namespace JobForge.Simulation;

/// <summary>
/// <c>--seed N [--bug Name] [--lines N]</c> replays one seed and prints the end of its trace; <c>--from N --count N [--bug Name] [--first]</c> runs many,
/// up to the first that breaks.
/// Anything else runs the tests.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var bug = Enum.Parse<PlantedBug>(After(args, "--bug") ?? nameof(PlantedBug.None));
        if (After(args, "--seed") is { } seed)
        {
            return Replay(ulong.Parse(seed, CultureInfo.InvariantCulture), bug, int.Parse(After(args, "--lines") ?? "120", CultureInfo.InvariantCulture));
        }

        if (After(args, "--from") is { } from)
        {
            return Many(ulong.Parse(from, CultureInfo.InvariantCulture), int.Parse(After(args, "--count") ?? "100", CultureInfo.InvariantCulture), bug, args.Contains("--first", StringComparer.Ordinal));
        }

        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }

    private static int Replay(ulong seed, PlantedBug bug, int lines)
    {
        var verdict = SeedRun.Run(seed, bug, lines);
        foreach (var line in verdict.Trace)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(verdict.Held
            ? $"Seed {seed} held: {verdict.Jobs} jobs, {verdict.Steps} steps, {verdict.Lasted}, hash {verdict.Hash:x16}. {verdict.Features}"
            : verdict.Text);
        return verdict.Held ? 0 : 1;
    }

    private static int Many(ulong from, int count, PlantedBug bug, bool first)
    {
        var watch = Stopwatch.StartNew();
        var verdicts = Seeds.Run(from, count, bug, first ? 1 : int.MaxValue);
        foreach (var broken in verdicts.Where(verdict => !verdict.Held))
        {
            Console.WriteLine(broken.Text);
        }

        Console.WriteLine($"{verdicts.Count} seeds in {watch.Elapsed}, {verdicts.Count(verdict => !verdict.Held)} broken, {verdicts.Average(one => one.Steps):F0} steps and {verdicts.Average(one => one.Jobs):F1} jobs a seed");
        Console.WriteLine("Warnings by event: " + string.Join(", ", verdicts.SelectMany(one => one.Logged).GroupBy(one => one.Key).OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Sum(entry => entry.Value)} in {one.Count()} seeds")));
        return verdicts.All(verdict => verdict.Held) ? 0 : 1;
    }

    private static string? After(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
