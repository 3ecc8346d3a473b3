using System.Collections.Concurrent;
using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Handlers;

namespace JobForge.Tests.Handlers;

/// <summary>A run in memory: keeps what the handler said and wrote.</summary>
internal sealed class FakeJobContext(string templateKey, string inputs, TimeProvider? time = null) : IJobContext
{
    public JobId RunId { get; } = new(new Guid("01900000-0000-7000-8000-000000000001"));

    public TenantId TenantId { get; init; } = new("tenant-123");

    public string? ProjectId => null;

    public string TemplateKey { get; } = templateKey;

    public JsonElement Inputs { get; } = JsonElement.Parse(inputs);

    public int Attempt => 1;

    public int MaxAttempts => 3;

    public string TraceId => "trace-1";

    public string? ActorId => "actor-1";

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    public JsonElement? State => null;

    public IReadOnlyList<ChildRun> Children => [];

    public Task<Outcome<ChildRun>> RequestJobAsync(string name, string childKey, JsonElement childInputs, ChildOptions? options = null) =>
        throw new NotSupportedException("No handler under test requests jobs.");

    public ConcurrentQueue<string> Logs { get; } = new();

    public ConcurrentQueue<double> Percents { get; } = new();

    public ConcurrentDictionary<string, double> Metrics { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new(StringComparer.Ordinal);

    public void Log(string message, RunLogLevel level = RunLogLevel.Info) => Logs.Enqueue($"{level}: {message}");

    public void Progress(double percent, string? message = null) => Percents.Enqueue(percent);

    public void Metric(string name, double value) => Metrics[name] = value;

    public Task WriteArtifactAsync(string name, string type, string mimeType, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Artifacts.TryAdd(name, content.ToArray()).ShouldBeTrue($"Artifact {name} written twice.");
        return Task.CompletedTask;
    }
}

internal static class HandlerResults
{
    public static JsonElement ShouldSucceed(this HandlerResult result) => result.ShouldBeOfType<HandlerResult.Succeeded>(result.ToString()).Result;

    public static JobError ShouldFailForGood(this HandlerResult result)
    {
        var failed = result.ShouldBeOfType<HandlerResult.Failed>(result.ToString());
        failed.Retryable.ShouldBeFalse();
        return failed.Error;
    }
}

/// <summary>A clock that stands still.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
