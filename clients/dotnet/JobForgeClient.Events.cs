using System.Text.Json;
using System.Text.Json.Nodes;
using JobForge.Contracts.Events;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;

namespace JobForge.Client;

public sealed partial class JobForgeClient
{
    /// <summary>Submits an event and answers the stored row: the first one, when it repeats an earlier event.</summary>
    /// <param name="idempotencyKey">Unique a tenant for good; null: one is made for this call, so that its own retries store one event.</param>
    public Task<EventRow> SubmitEventAsync(EventEnvelope envelope, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _transport.GetAsync<EventRow>(Request.Post("events", envelope) with { IdempotencyKey = idempotencyKey ?? NewKey() }, cancel);

    /// <summary>Submits 1-1000 events of one tenant; items are answered one by one, in order.</summary>
    public Task<EventBatchAnswer> SubmitEventsAsync(IEnumerable<EventEnvelope> envelopes, CancellationToken cancel = default)
    {
        // Each item carries a key of its own, so that repeating the call stores nothing twice.
        JsonArray body = [.. envelopes.Select(envelope => WithKey(envelope))];
        return _transport.GetAsync<EventBatchAnswer>(Request.Post("events", body) with { IsIdempotent = true }, cancel);
    }

    /// <summary>One page of events, newest first.</summary>
    public Task<Page<EventRow>> ListEventsAsync(EventQuery query, CancellationToken cancel = default) =>
        _transport.GetAsync<Page<EventRow>>(Request.Get(EventsPath(query)), cancel);

    /// <summary>All events that match, newest first, fetched a page at a time.</summary>
    public IAsyncEnumerable<EventRow> ListAllEventsAsync(EventQuery query, CancellationToken cancel = default) =>
        AllPagesAsync((cursor, token) => ListEventsAsync(query with { Cursor = cursor }, token), cancel);

    private string EventsPath(EventQuery query) => ForTenant(query.TenantId.Value).Path(
        "events",
        ("event_type", query.EventType),
        ("source_app", query.SourceApp),
        ("source_module", query.SourceModule),
        ("project_id", query.ProjectId),
        ("trace_id", query.TraceId),
        ("processed", query.Processed),
        ("from_time", query.FromTime),
        ("to_time", query.ToTime),
        ("limit", query.Limit),
        ("offset", query.Offset == 0 ? null : query.Offset),
        ("cursor", query.Cursor));

    private JsonNode WithKey(EventEnvelope envelope)
    {
        var node = JsonSerializer.SerializeToNode(envelope, ContractJson.Options)!;
        node["idempotency_key"] = NewKey();
        return node;
    }
}
