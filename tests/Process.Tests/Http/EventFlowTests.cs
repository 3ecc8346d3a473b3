using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JobForge.Process.Tests.Http;

/// <summary>The event samples of contract and guide, over HTTP into the real store.</summary>
public sealed class EventFlowTests(Installation installation) : IClassFixture<Installation>
{
    private readonly HttpClient _app = installation.App;

    [Theory]
    [InlineData("infrastructure.alert", "settler", "ops", null, """{"severity":"warning","service":"api-gateway","message":"High latency detected"}""")]
    [InlineData("settler.contract.uploaded", "settler", "core", "contract", """{"contract_id":"c-1","status":"pending_processing"}""")]
    [InlineData("aias.agent.task.completed", "aias", "core", "agent_task", """{"agent_id":"a-1","task_id":"t-1","outcome":"success"}""")]
    [InlineData("keys.usage.recorded", "keys", "core", "api_key", """{"key_id":"k-1","requests":3,"bytes_transferred":900}""")]
    [InlineData("readylayer.asset.uploaded", "readylayer", "core", "asset", """{"asset_id":"as-1","optimization_pending":true}""")]
    [InlineData("readylayer.verification.requested", "readylayer", "ops", null, """{"verification_type":"full_audit","checks":["ssl","performance","accessibility"]}""")]
    [InlineData("growth.content.requested", "aias", "growth", null, """{"topic":"lamps","format":"blog","requested_by":"marketing-team"}""")]
    public async Task A_sample_event_is_stored_and_listed_as_it_was_sent(string type, string app, string module, string? subject, string payload)
    {
        var envelope = Envelope(type, "sample-" + type);
        (envelope["source_app"], envelope["source_module"], envelope["payload"]) = (app, module, JsonNode.Parse(payload));
        envelope["subject"] = subject is null ? null : new JsonObject { ["type"] = subject, ["id"] = "s-1" };

        var stored = await _app.CallAsync("POST", "/v1/events", envelope.ToJsonString());
        var listed = await _app.ReadAsync($"/v1/events?event_type={type}&source_app={app}&source_module={module}&trace_id=sample-{type}");

        stored.ShouldBe(HttpStatusCode.Created);
        var row = listed.Items.EnumerateArray().ShouldHaveSingleItem();
        row.GetRawText().ShouldBe(stored.Text);
        (row.Word("event_type"), row.Word("tenant_id"), row.GetProperty("processed").GetBoolean()).ShouldBe((type, Installation.Own, false));
        JsonElement.DeepEquals(row.GetProperty("payload"), JsonElement.Parse(payload)).ShouldBeTrue();
        (subject is null || row.Word("subject_type") == subject).ShouldBeTrue();
    }

    [Fact]
    public async Task An_idempotency_key_makes_one_event_of_two_calls_and_refuses_another_body()
    {
        var body = Envelope("infrastructure.alert", "idempotent").ToJsonString();
        var first = await _app.CallAsync("POST", "/v1/events", body, ("Idempotency-Key", "event-1"));
        var again = await _app.CallAsync("POST", "/v1/events", body, ("Idempotency-Key", "event-1"));
        var other = await _app.CallAsync("POST", "/v1/events", Envelope("another.type", "idempotent").ToJsonString(), ("Idempotency-Key", "event-1"));
        var rivals = await installation.RivalApp.CallAsync("POST", "/v1/events", Envelope("another.type", "idempotent", Installation.Rival).ToJsonString(), ("Idempotency-Key", "event-1"));

        first.ShouldBe(HttpStatusCode.Created);
        (again.Status, again.Text).ShouldBe((HttpStatusCode.OK, first.Text));
        other.ShouldBeRefused("CONFLICT");
        rivals.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_event_that_names_its_time_is_stored_once_and_an_offset_is_converted()
    {
        var envelope = Envelope("infrastructure.alert", "own-time");
        envelope["occurred_at"] = "2026-02-03T04:05:06.789+02:00";
        var first = await _app.CallAsync("POST", "/v1/events", envelope.ToJsonString());
        var again = await _app.CallAsync("POST", "/v1/events", envelope.ToJsonString());
        envelope["occurred_at"] = "2026-02-30T00:00:00Z";
        var impossible = await _app.CallAsync("POST", "/v1/events", envelope.ToJsonString());

        first["occurred_at"].GetString().ShouldBe("2026-02-03T02:05:06.789Z");
        (again.Status, again.Json.Id()).ShouldBe((HttpStatusCode.OK, first.Json.Id()));
        impossible.ShouldBeRefused("VALIDATION_ERROR");
        impossible["details"][0].Word("field").ShouldBe("occurred_at");
    }

    [Fact]
    public async Task An_array_is_answered_item_by_item()
    {
        var bad = Envelope("infrastructure.alert", "batch");
        bad["source_app"] = "nobody";
        var foreign = Envelope("infrastructure.alert", "batch", Installation.Rival);
        var answer = await _app.CallAsync("POST", "/v1/events", new JsonArray(Envelope("infrastructure.alert", "batch"), bad, foreign).ToJsonString());

        answer.ShouldBe(HttpStatusCode.MultiStatus);
        answer.Items[0].GetProperty("event").Word("trace_id").ShouldBe("batch");
        answer.Items[1].GetProperty("error").Word("code").ShouldBe("VALIDATION_ERROR");
        answer.Items[2].GetProperty("error").Word("code").ShouldBe("FORBIDDEN");
        (await installation.RivalApp.ReadAsync("/v1/events?trace_id=batch")).Items.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Listing_walks_all_events_newest_first_and_every_filter_narrows_it()
    {
        JsonArray batch = [.. Enumerable.Range(0, 25).Select(number => Numbered(number))];
        (await _app.CallAsync("POST", "/v1/events", batch.ToJsonString())).ShouldBe(HttpStatusCode.Created);

        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = await _app.ReadAsync($"/v1/events?trace_id=walk&limit=10{cursor}");
            seen.AddRange(page.Items.EnumerateArray().Select(row => row.Word("subject_id")!));
            cursor = page["next_cursor"].GetString() is { } next ? "&cursor=" + Uri.EscapeDataString(next) : null;
        }
        while (cursor is not null);

        seen.ShouldBe(Enumerable.Range(0, 25).Reverse().Select(number => $"n-{number}"));
        (await CountAsync("from_time=2026-01-01T00:10:00Z&to_time=2026-01-01T00:12:00Z")).ShouldBe(3);
        (await CountAsync("project_id=project-even")).ShouldBe(13);
        (await CountAsync("source_module=growth")).ShouldBe(0);
        (await CountAsync("processed=false")).ShouldBe(25);
        (await CountAsync("processed=true")).ShouldBe(0);
        (await CountAsync("offset=20")).ShouldBe(5);
        (await _app.ReadAsync("/v1/events?limit=0")).ShouldBeRefused("VALIDATION_ERROR");
    }

    private async Task<int> CountAsync(string filter) => (await _app.ReadAsync($"/v1/events?trace_id=walk&{filter}")).Items.GetArrayLength();

    private static JsonObject Numbered(int number)
    {
        var envelope = Envelope("walk.step", "walk");
        envelope["occurred_at"] = $"2026-01-01T00:{number:00}:00Z";
        envelope["project_id"] = number % 2 == 0 ? "project-even" : "project-odd";
        envelope["subject"] = new JsonObject { ["type"] = "number", ["id"] = $"n-{number}" };
        return envelope;
    }

    private static JsonObject Envelope(string type, string trace, string tenant = Installation.Own) => new()
    {
        ["tenant_id"] = tenant,
        ["event_type"] = type,
        ["trace_id"] = trace,
        ["source_app"] = "settler",
        ["payload"] = new JsonObject(),
        ["contains_pii"] = false,
    };
}
