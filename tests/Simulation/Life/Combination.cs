using JobForge.Contracts.Jobs;

namespace JobForge.Simulation.Life;

/// <summary>What one job of the pairwise suite uses.</summary>
/// <param name="Key">It is requested three times under one key.</param>
/// <param name="Bulk">It is requested with others at once.</param>
/// <param name="Fails">Its first attempt fails.</param>
/// <param name="Delay">It is due a second later.</param>
/// <param name="Limit">Another job has its concurrency key for four seconds.</param>
/// <param name="Pause">Its template is paused for the first five seconds.</param>
/// <param name="Expiry">It must start within two seconds of its due time.</param>
/// <param name="Child">It requests a job and waits for it.</param>
/// <param name="Kill">The process that admitted it is killed half a second later.</param>
internal sealed record Combination(bool Key, bool Bulk, bool Fails, bool Delay, bool Limit, bool Pause, bool Expiry, bool Child, bool Kill, CancelAt Cancel)
{
    public static readonly TimeSpan Takes = TimeSpan.FromSeconds(1.5);

    /// <summary>The order of precedence: a cancel before the end wins; then the expiry; then what the handler says.</summary>
    public JobStatus Expected => Cancel == CancelAt.Early ? JobStatus.Canceled : Expires ? JobStatus.Failed : JobStatus.Succeeded;

    public bool Expires => Expiry && (Limit || Pause);

    /// <summary>Attempts that count: one that waited for a child does not, one whose process was killed does.</summary>
    public (int Least, int Most) Attempts
    {
        get
        {
            if (Expected != JobStatus.Succeeded)
            {
                return (0, 1);
            }

            var planned = Fails ? 2 : 1;
            return (planned, planned + (Kill ? 1 : 0));
        }
    }

    /// <summary>Rows that hold every pair of levels of every two factors, found greedily; the same at every run.</summary>
    public static IReadOnlyList<Combination> Pairwise()
    {
        var levels = new[] { 2, 2, 2, 2, 2, 2, 2, 2, 2, 3 };
        var open = Pairs(levels).ToHashSet();
        var rows = new List<int[]>();
        while (open.Count > 0)
        {
            var row = All(levels).MaxBy(candidate => PairsOf(candidate).Count(open.Contains))!;
            open.ExceptWith(PairsOf(row));
            rows.Add(row);
        }

        return [.. rows.Select(Of)];
    }

    public override string ToString() => string.Join(
        ' ',
        new[] { (Key, "key"), (Bulk, "bulk"), (Fails, "fails"), (Delay, "delay"), (Limit, "limit"), (Pause, "pause"), (Expiry, "expiry"), (Child, "child"), (Kill, "kill") }
            .Where(one => one.Item1).Select(one => one.Item2).Append($"cancel-{Cancel}".ToLowerInvariant()));

    private static Combination Of(int[] row) => new(
        row[0] == 1, row[1] == 1, row[2] == 1, row[3] == 1, row[4] == 1, row[5] == 1, row[6] == 1, row[7] == 1, row[8] == 1, (CancelAt)row[9]);

    private static IEnumerable<(int, int, int, int)> Pairs(int[] levels) =>
        from a in Enumerable.Range(0, levels.Length)
        from b in Enumerable.Range(a + 1, levels.Length - a - 1)
        from x in Enumerable.Range(0, levels[a])
        from y in Enumerable.Range(0, levels[b])
        select (a, x, b, y);

    private static IEnumerable<(int, int, int, int)> PairsOf(int[] row) =>
        from a in Enumerable.Range(0, row.Length)
        from b in Enumerable.Range(a + 1, row.Length - a - 1)
        select (a, row[a], b, row[b]);

    private static IEnumerable<int[]> All(int[] levels) => Enumerable.Range(0, levels.Aggregate(1, (product, level) => product * level)).Select(number =>
    {
        var row = new int[levels.Length];
        for (var i = 0; i < levels.Length; number /= levels[i++])
        {
            row[i] = number % levels[i];
        }

        return row;
    });
}

internal enum CancelAt
{
    Never,

    /// <summary>Three tenths of a second after the answer: while it waits or runs.</summary>
    Early,

    /// <summary>Long after its end.</summary>
    Late,
}
