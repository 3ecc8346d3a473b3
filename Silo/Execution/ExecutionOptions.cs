namespace JobForge.Silo.Execution;

/// <summary>How this process runs jobs.</summary>
public sealed record ExecutionOptions
{
    /// <summary>The process's name in attempts and epochs.</summary>
    public string Worker { get; init; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Handlers that run at once.</summary>
    public int Slots { get; init; } = 64;

    /// <summary>Runs whose handler has ended and whose outcome is being committed; bounds memory, not work.</summary>
    public int MaxInFlight { get; init; } = 4096;

    /// <summary>Jobs kept ready in memory; the rest waits in the store.</summary>
    public int ReadyCapacity { get; init; } = 10_000;

    /// <summary>Jobs taken from the store at once.</summary>
    public int PageSize { get; init; } = 2_000;

    /// <summary>The same with another lease, renewed five times in its length.</summary>
    public ExecutionOptions WithLease(TimeSpan lease) => this with { Lease = lease, RenewEvery = lease / 5 };

    /// <summary>Free places in memory from which on a page is taken: half a page, or half of a memory smaller than a page.</summary>
    public int RefillRoom => Math.Max(1, Math.Min(PageSize, ReadyCapacity) / 2);

    /// <summary>How long this process owns its jobs without renewing. Its jobs are taken over within two of these after it dies.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Renewal every two seconds: several may fail before the lease runs out, and idling stays under one query a second.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often to look for dead processes' jobs and for work that no hint announced.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the store may still be at work on a write whose answer was lost: its statement timeout and its flush, with much to spare.</summary>
    public TimeSpan LongestWrite { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A run that is not over by then is written as running.</summary>
    public TimeSpan CommitTick { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How often progress and log lines of a run are kept.</summary>
    public TimeSpan FlushEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a handler may take to stop after its token is canceled; then its run ends without it.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping process lets handlers finish before it gives their attempts back.</summary>
    public TimeSpan DrainPeriod { get; init; } = TimeSpan.FromSeconds(5);

    public long MaxArtifactBytes { get; init; } = 64L * 1024 * 1024;
}
