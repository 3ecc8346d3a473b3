namespace JobForge.Bench;

/// <summary>What the machine's disk and SQLite itself can do, to set the other figures against.</summary>
public static class LimitsBench
{
    public static async Task RunAsync(BenchPlan plan)
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-bench-");
        try
        {
            var limits = new StoreLimits(folder.FullName);
            await plan.MeasureAsync("limit: flushed single commits", "commits/s", () => Task.Run(() => limits.SingleCommitsPerSecond(plan.Length(2))));
            await plan.MeasureAsync("limit: rows, 1,000 a commit", "rows/s", () => Task.Run(() => limits.RowsPerSecond(plan.Length(2))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
