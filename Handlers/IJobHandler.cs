using System.Text.Json;
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

    /// <summary>Adds a line to the run's log. Kept in order; beyond 10,000 lines a run the rest is counted, not kept.</summary>
    void Log(string message, RunLogLevel level = RunLogLevel.Info);

    /// <summary>Shows how far the run is; the store keeps the latest at most once a second.</summary>
    /// <param name="percent">0-100.</param>
    void Progress(double percent, string? message = null);

    /// <summary>Adds a number to the manifest's metrics, e.g. <c>pages_crawled</c>.</summary>
    void Metric(string name, double value);

    /// <summary>Keeps an output of the run: content-addressed, checksummed, listed in the manifest once the run ends.</summary>
    /// <param name="name">Unique within the run, 1-128 characters of <c>[A-Za-z0-9._-]</c>, e.g. <c>scan_report.json</c>.</param>
    /// <param name="type">What it is, e.g. <c>json</c>, <c>markdown</c>.</param>
    Task WriteArtifactAsync(string name, string type, string mimeType, ReadOnlyMemory<byte> content, CancellationToken cancel);
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

    public sealed record Succeeded(JsonElement Result) : HandlerResult;

    public sealed record Failed(JobError Error, bool Retryable, TimeSpan? RetryAfter) : HandlerResult;
}
