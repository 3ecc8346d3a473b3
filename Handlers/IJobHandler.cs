using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Handlers;

/// <summary>What a template really does. One instance serves every run, so it keeps no state of a run.</summary>
public interface IJobHandler
{
    string TemplateKey { get; }

    /// <summary>
    /// Runs one attempt, off any grain turn. Ends by <see cref="HandlerResult"/>; an exception counts as a failure that may be retried.
    /// </summary>
    /// <param name="cancel">Canceled on cancel by an actor, on the attempt's timeout, and when the process stops. Observe it: after a grace period the run ends without the handler.</param>
    Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel);
}

/// <summary>What a handler sees of its run, and what it may do.</summary>
public interface IJobContext
{
    JobId RunId { get; }

    TenantId TenantId { get; }

    string? ProjectId { get; }

    string TemplateKey { get; }

    /// <summary>Valid against the template's input schema.</summary>
    JsonElement Inputs { get; }

    /// <summary>1 for the first.</summary>
    int Attempt { get; }

    int MaxAttempts { get; }

    string TraceId { get; }

    string? ActorId { get; }

    /// <summary>The cluster's clock; the only one that a handler may use.</summary>
    TimeProvider Time { get; }

    /// <summary>What the handler gave to <see cref="HandlerResult.WaitForChildren"/> when it last waited; null when it has not waited yet.</summary>
    JsonElement? State { get; }

    /// <summary>The jobs that this run had requested when it began to wait, oldest first. All have ended, unless one was requested by somebody else in its name.</summary>
    IReadOnlyList<ChildRun> Children { get; }

    /// <summary>
    /// Requests a job as a child of this run, through everything that any request passes: flags, limits, schema, quota. A repeated attempt that asks for the
    /// same name gets the same child, as it stands then. A canceled run asks its children to cancel.
    /// </summary>
    /// <param name="name">Unique within the run, 1-64 characters of <c>[A-Za-z0-9._-]</c>.</param>
    /// <returns>The child, or why it was refused; CONFLICT when the name stands for a child with other inputs.</returns>
    Task<Outcome<ChildRun>> RequestJobAsync(string name, string templateKey, JsonElement inputs, ChildOptions? options = null);

    /// <summary>Adds a line to the run's log. Kept in order; beyond 10,000 lines a run the rest is counted, not kept.</summary>
    void Log(string message, RunLogLevel level = RunLogLevel.Info);

    /// <summary>Shows how far the run is; the store keeps the latest at most once a second.</summary>
    /// <param name="percent">0-100.</param>
    void Progress(double percent, string? message = null);

    /// <summary>Adds a number to the manifest's metrics, e.g. <c>pages_crawled</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a finite number.</exception>
    void Metric(string name, double value);

    /// <summary>Keeps an output of the run: content-addressed, checksummed, listed in the manifest once the run ends.</summary>
    /// <param name="name">Unique within the run, 1-128 characters of <c>[A-Za-z0-9._-]</c>, e.g. <c>scan_report.json</c>.</param>
    /// <param name="type">What it is, e.g. <c>json</c>, <c>markdown</c>.</param>
    Task WriteArtifactAsync(string name, string type, string mimeType, ReadOnlyMemory<byte> content, CancellationToken cancel);
}

/// <summary>How a child runs; what is null is the template's, or none.</summary>
public sealed record ChildOptions
{
    public int Priority { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public int? MaxAttempts { get; init; }

    public int? TimeoutMs { get; init; }

    public int? StartTimeoutMs { get; init; }

    public int? TotalTimeoutMs { get; init; }

    public JobLimit? Limit { get; init; }
}

public enum RunLogLevel
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>How an attempt ended, as a value.</summary>
public abstract record HandlerResult
{
    private HandlerResult()
    {
    }

    public static HandlerResult Success(JsonElement result) => new Succeeded(result);

    /// <summary>Will not get better by itself: no further attempt.</summary>
    public static HandlerResult Permanent(string code, string message) => new Failed(new JobError(code, message), Retryable: false, RetryAfter: null);

    /// <summary>May pass: tried again after the backoff, or after <paramref name="after"/> when that is longer.</summary>
    public static HandlerResult Retry(string code, string message, TimeSpan? after = null) => new Failed(new JobError(code, message), Retryable: true, after);

    /// <summary>
    /// Gives the slot back until none of the run's children is open any more; then the handler runs again, with this state and its children. The
    /// attempt does not count.
    /// </summary>
    /// <param name="state">Up to 1 MiB.</param>
    public static HandlerResult WaitForChildren(JsonElement state) => new Waiting(state);

    public sealed record Waiting(JsonElement State) : HandlerResult;

    public sealed record Succeeded(JsonElement Result) : HandlerResult;

    public sealed record Failed(JobError Error, bool Retryable, TimeSpan? RetryAfter) : HandlerResult;
}
