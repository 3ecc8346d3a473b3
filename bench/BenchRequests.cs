using System.Text.Json;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;

namespace JobForge.Bench;

/// <summary>What the benchmarks ask for: about 300 bytes of JSON, as in the published comparisons.</summary>
public static class BenchRequests
{
    public const string Template = "bench.noop";

    private static readonly string InputsText = $$"""{"amount":12.5,"n":42,"order":"ord-4711","text":"{{new string('x', 240)}}"}""";

    public static JsonElement Inputs { get; } = JsonElement.Parse(InputsText);

    public static JobRequest Job(TenantId tenant) => new() { TenantId = tenant, TemplateKey = Template, Inputs = Inputs, TraceId = "trace-bench" };

    public static SubmittedEvent Event(TenantId tenant) =>
        new(new EventEnvelope { TenantId = tenant, EventType = "bench.happened", SourceApp = "external", TraceId = "trace-bench", Payload = Inputs });

    /// <summary>The body of a request to <paramref name="path"/>.</summary>
    public static string Body(string path, int batch)
    {
        var job = $$"""{"template_key":"{{Template}}","trace_id":"trace-bench","inputs":{{InputsText}}}""";
        var @event = $$"""{"event_type":"bench.happened","source_app":"external","trace_id":"trace-bench","payload":{{InputsText}}}""";
        return path switch
        {
            "/v1/jobs" => job,
            "/v1/jobs:batch" => $$"""{"jobs":[{{string.Join(',', Enumerable.Repeat(job, batch))}}]}""",
            "/v1/events" => $"[{string.Join(',', Enumerable.Repeat(@event, batch))}]",
            _ => throw new ArgumentOutOfRangeException(nameof(path), path, "A path without a body."),
        };
    }
}
