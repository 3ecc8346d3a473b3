using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Roles;

/// <summary>The members of a job that few jobs have, kept in one column that is null for all others.</summary>
public sealed record JobOptions(int? StartTimeoutMs, int? TotalTimeoutMs, JobLimit? Limit, int Depth)
{
    /// <summary>Null when the job has none of them.</summary>
    public static JobOptions? Of(JobRow row) => row is { StartTimeoutMs: null, TotalTimeoutMs: null, Limit: null, Depth: 0 }
        ? null
        : new JobOptions(row.StartTimeoutMs, row.TotalTimeoutMs, row.Limit, row.Depth);

    public JobRow On(JobRow row) => row with { StartTimeoutMs = StartTimeoutMs, TotalTimeoutMs = TotalTimeoutMs, Limit = Limit, Depth = Depth };
}
