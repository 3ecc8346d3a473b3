using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;
using JobForge.Gateway.Http;
using JobForge.Gateway.OpenApi;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Stage 1 at the door: events in, and their list.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDoor("submitEvents", SubmitAsync)
            .Takes<EventEnvelope>().Gives<EventRow>(200, 201).Gives<EventBatchAnswer>(207);
        routes.MapDoor("listEvents", ListAsync, QueryParameter.Tenant,
                new("event_type", "string", "Only of this type."), new("source_app", "string", "Only of this app."),
                new("source_module", "string", "Only of this module."), QueryParameter.ProjectId, QueryParameter.TraceId,
                new("processed", "boolean", "Only processed or unprocessed ones."), QueryParameter.FromTime, QueryParameter.ToTime,
                QueryParameter.Limit, new("offset", "integer", "Rows to pass over; prefer cursor."), QueryParameter.Cursor)
            .Gives<Page<EventRow>>();
    }

    private static async Task<IResult> SubmitAsync(Call call, IGrainFactory grains, FeatureGate features)
    {
        var body = await call.BodyAsync();
        if (body.IsRefused)
        {
            return call.Refuse(body.Refusal);
        }

        var isBatch = body.Value.ValueKind == JsonValueKind.Array;
        if (!call.TryTenant(out var tenant, out var refused, isBatch ? Batches.FirstObject(body.Value) : body.Value))
        {
            return refused;
        }

        return isBatch
            ? await SubmitManyAsync(call, grains, features, tenant, body.Value)
            : await SubmitOneAsync(call, grains, features, tenant, body.Value);
    }

    private static async Task<IResult> SubmitOneAsync(Call call, IGrainFactory grains, FeatureGate features, TenantId tenant, JsonElement body)
    {
        var read = ReadEvent(body, tenant, CorrelationId.W3CTraceId(call.Http), call.Http.Request.Headers["Idempotency-Key"]);
        if (read.IsRefused)
        {
            return call.Refuse(await features.RefusalAsync(tenant, FeatureFlag.EventsEnabled) ?? read.Refusal);
        }

        var receipts = await grains.EventIntake().Submit(new(call.Caller(read.Value.Envelope.ActorId), tenant, [read.Value]));
        if (receipts.IsRefused)
        {
            return call.Refuse(receipts.Refusal);
        }

        return receipts.Value.Events[0] switch
        {
            { Refusal: { } no } => call.Refuse(no),
            { Duplicate: true } first => Answers.Json(first.Event),
            { } stored => Answers.Json(stored.Event, StatusCodes.Status201Created),
        };
    }

    private static async Task<IResult> SubmitManyAsync(Call call, IGrainFactory grains, FeatureGate features, TenantId tenant, JsonElement body)
    {
        if (await CheckBatchAsync(call, features, tenant, body) is { } refusal)
        {
            return call.Refuse(refusal);
        }

        var trace = CorrelationId.W3CTraceId(call.Http);
        var items = Batches.Read(body, tenant, item => ReadEvent(item, tenant, trace, header: null), read => read.Envelope.TenantId);
        SubmittedEvent[] valid = [.. items.Where(item => !item.IsRefused).Select(item => item.Value!)];
        Outcome<EventReceipts> receipts = new EventReceipts([]);
        if (valid.Length > 0)
        {
            receipts = await grains.EventIntake().Submit(new(call.Caller(), tenant, valid));
        }
        else if (await features.RefusalAsync(tenant, FeatureFlag.EventsEnabled) is { } off)
        {
            receipts = off;
        }

        return receipts.IsRefused ? call.Refuse(receipts.Refusal) : AnswerBatch(items, receipts.Value.Events);
    }

    private static async Task<Refusal?> CheckBatchAsync(Call call, FeatureGate features, TenantId tenant, JsonElement body)
    {
        var refusal = Batches.CheckLength(body);
        if (refusal is null && call.Http.Request.Headers.ContainsKey("Idempotency-Key"))
        {
            refusal = Refusal.Invalid("Idempotency-Key", "Names one event; give the items of an array their own idempotency_key", FieldCodes.NotAllowed);
        }

        return refusal is null ? null : await features.RefusalAsync(tenant, FeatureFlag.EventsEnabled) ?? refusal;
    }

    private static IResult AnswerBatch(IReadOnlyList<Outcome<SubmittedEvent>> items, IReadOnlyList<EventReceipt> receipts)
    {
        var answers = Batches.Weave(
            items,
            receipts,
            receipt => new EventBatchItem(receipt.Event, receipt.Duplicate, receipt.Refusal is { } no ? ItemError.Of(no) : null),
            refusal => new EventBatchItem(null, Duplicate: false, ItemError.Of(refusal)));
        var status = Answers.BatchStatus(answers.Any(item => item.Error is not null), !answers.Any(item => item.Duplicate));
        return Answers.Json(new EventBatchAnswer(answers), status);
    }

    /// <summary>Reads an envelope and its key: the header's, or the item's own <c>idempotency_key</c>. A W3C trace stands in for an absent trace_id.</summary>
    private static Outcome<SubmittedEvent> ReadEvent(JsonElement body, TenantId tenant, string? w3cTrace, string? header)
    {
        var read = EventEnvelopeReader.Read(w3cTrace is null ? body : WithTrace(body, w3cTrace), tenant);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var member = body.TryGetProperty("idempotency_key", out var named) && named.ValueKind != JsonValueKind.Null ? named : (JsonElement?)null;
        var key = header ?? (member is { ValueKind: JsonValueKind.String } text ? text.GetString() : null);
        if (key is null && member is null)
        {
            return new SubmittedEvent(read.Value);
        }

        return OpaqueId.IsValid(key)
            ? new SubmittedEvent(read.Value, key)
            : Refusal.Invalid("idempotency_key", "Must be 1-128 characters of A-Z a-z 0-9 . _ : -", FieldCodes.InvalidFormat);
    }

    private static JsonElement WithTrace(JsonElement body, string trace)
    {
        if (body.ValueKind != JsonValueKind.Object || (body.TryGetProperty("trace_id", out var named) && named.ValueKind != JsonValueKind.Null))
        {
            return body;
        }

        var members = body.EnumerateObject().Where(member => !member.NameEquals("trace_id"));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in members)
            {
                member.WriteTo(writer);
            }

            writer.WriteString("trace_id", trace);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static async Task<IResult> ListAsync(Call call, IReadModel rows, FeatureGate features)
    {
        if (!call.TryTenant(out var tenant, out var refused))
        {
            return refused;
        }

        if (await features.RefusalAsync(tenant, FeatureFlag.EventsEnabled) is { } off)
        {
            return call.Refuse(off);
        }

        var query = new EventQuery
        {
            TenantId = tenant,
            EventType = call.Query.Text("event_type"),
            SourceApp = call.Query.Text("source_app"),
            SourceModule = call.Query.Text("source_module"),
            ProjectId = call.Query.Id("project_id"),
            TraceId = call.Query.Text("trace_id"),
            Processed = call.Query.Flag("processed"),
            FromTime = call.Query.Time("from_time"),
            ToTime = call.Query.Time("to_time"),
            Limit = call.Query.Limit(100),
            Offset = (int)call.Query.Whole("offset", 0, 0, int.MaxValue),
            Cursor = call.Query.Text("cursor", 1024),
        };
        return call.Query.Refusal is { } bad ? call.Refuse(bad) : await Answers.PageAsync(() => rows.EventsAsync(query, call.Cancel));
    }
}
