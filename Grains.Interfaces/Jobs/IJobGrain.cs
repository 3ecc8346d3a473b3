using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using Orleans;

namespace JobForge.Grains.Interfaces;

/// <summary>Stages 5 and 7. One a run: the sole owner of its life cycle after admission. Its decisions hold only once the store has taken them under the fence.</summary>
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>ExecutionHost takes the run: start the handler, or drop the job because it is no longer what the host believes.</summary>
    Task<StartDecision> Start(StartRun command);

    /// <summary>The run outlives a commit tick: writes it as running. False: the fence is lost, stop the handler.</summary>
    Task<bool> MarkRunning(RunLease lease);

    /// <summary>Keeps the latest progress. False: the fence is lost, stop the handler.</summary>
    Task<bool> Report(RunReport report);

    /// <summary>The attempt ended: decides success, failure, another attempt or cancellation, and seals the manifest.</summary>
    Task<EndDecision> Complete(RunEnd end);

    /// <summary>Its time may be over while it is queued: ends it if so, else does nothing.</summary>
    Task Expire();

    /// <summary>A queued job is canceled at once; a running one is asked to stop. A finished one is a conflict.</summary>
    Task<Outcome<JobRow>> Cancel(JobCommand command);

    /// <summary>Moves a queued job to another time; any other status is a conflict.</summary>
    Task<Outcome<JobRow>> Reschedule(RescheduleJob command);
}

/// <summary>Tells the process that runs a job to stop its handler. A hint: the row says the same.</summary>
public interface IRunObserver : IGrainObserver
{
    [Orleans.Concurrency.OneWay]
    Task CancelRequested(JobId job, int attempt);
}

/// <summary>Who runs which attempt; the run's fence as its worker knows it.</summary>
public sealed record RunLease(long Epoch, int Attempt);

/// <param name="Job">The job as the queue handed it out.</param>
/// <param name="Worker">Name of the process, for the attempt's row.</param>
public sealed record StartRun(StoredJob Job, string Worker, IRunObserver? Observer);

/// <param name="Go">False: forget the job; <paramref name="Why"/> says what became of it.</param>
public sealed record StartDecision(bool Go, RunLease? Lease, string? Why)
{
    public static StartDecision Drop(string why) => new(Go: false, null, why);
}

public sealed record RunReport(RunLease Lease, JobProgress Progress);

public enum RunEndKind
{
    Succeeded,
    Failed,
    TimedOut,

    /// <summary>Stopped because an actor asked for it.</summary>
    Canceled,

    /// <summary>Stopped because the process drains: the attempt is given back uncounted.</summary>
    Drained,

    /// <summary>Its process died; reported by the one that took the job over.</summary>
    LeaseLost,

    /// <summary>Waits for the jobs that it requested and runs again afterwards; the attempt does not count.</summary>
    WaitsForChildren,
}

/// <summary>How an attempt ended and what it made.</summary>
public sealed record RunEnd
{
    public required RunLease Lease { get; init; }

    public required RunEndKind Kind { get; init; }

    public JsonElement? Result { get; init; }

    public JobError? Error { get; init; }

    /// <summary>For Failed: whether another attempt may help.</summary>
    public bool Retryable { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For WaitsForChildren: what the run gets back when it runs again.</summary>
    public JsonElement? State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Who ran it; null when that process is gone.</summary>
    public string? Worker { get; init; }

    public IReadOnlyList<ManifestOutput> Outputs { get; init; } = [];

    public IReadOnlyDictionary<string, double> Metrics { get; init; } = EmptyMetrics;

    private static readonly IReadOnlyDictionary<string, double> EmptyMetrics = new Dictionary<string, double>(StringComparer.Ordinal);
}

/// <param name="Recorded">False: the fence was lost; another owner decides, and nothing of this attempt counts.</param>
/// <param name="Status">The job's status after it.</param>
/// <param name="NextDueAt">Set when the job is queued again.</param>
public sealed record EndDecision(bool Recorded, JobStatus? Status, DateTimeOffset? NextDueAt);

public sealed record RescheduleJob(Caller Caller, DateTimeOffset RunAt);
