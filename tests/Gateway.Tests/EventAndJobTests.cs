using System.Net;
using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Flags;
using JobForge.Gateway.Tests.Doubles;

namespace JobForge.Gateway.Tests;

public sealed class EventAndJobTests
{
    private const string Event = """{"tenant_id":"acme","event_type":"infrastructure.alert","trace_id":"t","source_app":"settler"}""";
    private const string Traceless = """{"event_type":"infrastructure.alert","source_app":"settler"}""";
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_new_event_is_created_and_its_repeat_answers_the_first_row()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var first = await client.SendAsync("/v1/events", Event, ("Idempotency-Key", "key-1"));
        var second = await client.SendAsync("/v1/events", Event, ("Idempotency-Key", "key-1"));

        (first.Status, second.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        second.Json.GetProperty("id").GetString().ShouldBe(first.Json.GetProperty("id").GetString());
        first.Json.GetProperty("tenant_id").GetString().ShouldBe("acme");
    }

    [Fact]
    public async Task An_array_of_events_is_answered_item_by_item()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var allNew = await client.SendAsync("/v1/events", $"[{Event},{Event}]");
        var mixed = await client.SendAsync("/v1/events", $$"""[{{Event}},{"event_type":"x"},7]""");
        var keyed = await client.SendAsync("/v1/events", """[{"idempotency_key":"k","event_type":"a","trace_id":"t","source_app":"keys"}]""");
        var repeated = await client.SendAsync("/v1/events", """[{"idempotency_key":"k","event_type":"a","trace_id":"t","source_app":"keys"}]""");

        allNew.Status.ShouldBe(HttpStatusCode.Created);
        mixed.Status.ShouldBe(HttpStatusCode.MultiStatus);
        var items = mixed.Json.GetProperty("items");
        items[0].GetProperty("event").GetProperty("event_type").GetString().ShouldBe("infrastructure.alert");
        items[1].GetProperty("error").GetProperty("details").EnumerateArray().Select(error => error.GetProperty("field").GetString())
            .ShouldBe(["trace_id", "source_app"], ignoreOrder: true);
        items[2].GetProperty("error").GetProperty("code").GetString().ShouldBe("VALIDATION_ERROR");
        (keyed.Status, repeated.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        repeated.Json.GetProperty("items")[0].GetProperty("duplicate").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(null)]
    public async Task A_batch_has_one_to_a_thousand_items(string? body)
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.SendAsync("/v1/events", body ?? $"[{string.Join(',', Enumerable.Repeat("{}", 1001))}]");

        answer.Code.ShouldBe("VALIDATION_ERROR");
        host.Grains.Submitted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_w3c_trace_stands_in_for_an_absent_trace_id_and_yields_to_a_given_one()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var absent = await client.SendAsync("/v1/events", Traceless, ("traceparent", TraceParent));
        var given = await client.SendAsync("/v1/events", Event, ("traceparent", TraceParent));
        var none = await client.SendAsync("/v1/events", Traceless);
        await client.SendAsync("/v1/jobs", """{"template_key":"a.b"}""", ("traceparent", TraceParent));

        absent.Json.GetProperty("trace_id").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        given.Json.GetProperty("trace_id").GetString().ShouldBe("t");
        none.Code.ShouldBe("VALIDATION_ERROR");
        host.Grains.Requested.ShouldHaveSingleItem().TraceId.ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Theory]
    [InlineData("POST", "/v1/events", """{"event_type":7}""", FeatureFlag.EventsEnabled, "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.")]
    [InlineData("POST", "/v1/events", "[]", FeatureFlag.EventsEnabled, "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.")]
    [InlineData("POST", "/v1/events", "[{}]", FeatureFlag.EventsEnabled, "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.")]
    [InlineData("GET", "/v1/events?limit=x", null, FeatureFlag.EventsEnabled, "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.")]
    [InlineData("GET", "/v1/runs/no-run/manifest", null, FeatureFlag.ManifestsEnabled, "Artifact manifests are disabled. Set JOBFORGE_MANIFESTS_ENABLED=1 to enable.")]
    [InlineData("GET", "/v1/runs/no-run/report", null, FeatureFlag.ManifestsEnabled, "Artifact manifests are disabled. Set JOBFORGE_MANIFESTS_ENABLED=1 to enable.")]
    [InlineData("POST", "/v1/jobs", """{"template_key":"autopilot.ops.scan","priority":99}""", FeatureFlag.AutopilotJobsEnabled,
        "Autopilot jobs are disabled. Set JOBFORGE_AUTOPILOT_JOBS_ENABLED=1 to enable.")]
    [InlineData("POST", "/v1/jobs", """{"template_key":"autopilot.ops.apply","priority":99}""", FeatureFlag.ActionJobsEnabled,
        "Action jobs are disabled. Set JOBFORGE_ACTION_JOBS_ENABLED=1 to enable.")]
    public async Task A_switched_off_feature_is_reported_before_anything_else_that_is_wrong(string method, string path, string? body, FeatureFlag flag, string text)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Templates.AddRange([Sample.Template("autopilot.ops.scan"), Sample.Template("autopilot.ops.apply", isAction: true)]);
        using var client = host.Client(ApiKeyRole.App);

        var on = await client.CallAsync(method, path, body);
        host.Grains.Flags[flag] = false;
        var off = await client.CallAsync(method, path, body);

        on.Text.ShouldMatch("VALIDATION_ERROR|NOT_FOUND");
        (off.Status, off.Code, off.Message).ShouldBe((HttpStatusCode.Forbidden, "FEATURE_DISABLED", text));
    }

    [Fact]
    public async Task A_job_is_created_once_a_key_and_a_dry_run_makes_none()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var first = await client.SendAsync("/v1/jobs", """{"template_key":"a.b"}""", ("Idempotency-Key", "k"));
        var second = await client.SendAsync("/v1/jobs", """{"job_type":"a.b"}""", ("Idempotency-Key", "k"));
        var dry = await client.SendAsync("/v1/jobs", """{"template_key":"a.b","dry_run":true,"trace_id":"t"}""");

        (first.Status, second.Status, dry.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK));
        JobId(second).ShouldBe(JobId(first));
        first.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["job", "dry_run", "trace_id", "audit_id"], ignoreOrder: true);
        dry.Json.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["dry_run", "template_key", "would_execute", "reasons", "trace_id", "audit_id"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_policy_token_is_lifted_out_of_the_inputs_and_comes_back_in_no_answer()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.SendAsync("/v1/jobs", """{"template_key":"a.b","inputs":{"approval_token":"tok-secret","x":1}}""");

        var request = host.Grains.Requested.ShouldHaveSingleItem();
        request.PolicyToken.ShouldBe("tok-secret");
        request.Inputs.GetRawText().ShouldNotContain("tok-secret");
        answer.Text.ShouldNotContain("tok-secret");
        host.LogLines.ShouldNotContain(line => line.Contains("tok-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flags_are_read_flat_and_set_for_the_tenant_or_the_cluster()
    {
        await using var host = await GatewayHost.StartAsync();
        using var admin = host.Client(ApiKeyRole.TenantAdmin);

        var read = await admin.ReadAsync("/v1/flags");
        var set = await admin.CallAsync("PATCH", "/v1/flags", """{"events_enabled":false,"JOBFORGE_MANIFESTS_ENABLED":null}""");
        var unknown = await admin.CallAsync("PATCH", "/v1/flags", """{"event_enabled":true}""");

        read.Json.GetProperty("events_enabled").ValueKind.ShouldBe(JsonValueKind.True);
        set.Status.ShouldBe(HttpStatusCode.OK);
        host.Grains.FlagChanges.Select(change => (change.Flag, change.Value)).ShouldBe([(FeatureFlag.EventsEnabled, false), (FeatureFlag.ManifestsEnabled, null)]);
        unknown.Json.GetProperty("details")[0].GetProperty("field").GetString().ShouldBe("event_enabled");
    }

    [Fact]
    public async Task A_tenant_switches_a_template_and_only_an_operator_changes_the_rest_of_it()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Templates.Add(Sample.Template("a.b"));
        using var admin = host.Client(ApiKeyRole.TenantAdmin);
        using var root = host.Client(ApiKeyRole.Operator);

        var switched = await admin.CallAsync("PATCH", "/v1/templates/a.b", """{"enabled":true}""");
        var limits = await admin.CallAsync("PATCH", "/v1/templates/a.b", """{"enabled":true,"default_timeout_ms":5}""");
        var cluster = await root.CallAsync("PATCH", "/v1/templates/a.b", """{"default_timeout_ms":5}""");
        var absent = await root.CallAsync("PATCH", "/v1/templates/no.such", """{"enabled":true}""");

        switched.Json.GetProperty("tenant_id").GetString().ShouldBe("acme");
        limits.Code.ShouldBe("FORBIDDEN");
        cluster.Json.GetProperty("template_key").GetString().ShouldBe("a.b");
        absent.Message.ShouldBe("Template not found: no.such");
    }

    private static string? JobId(Answer answer) => answer.Json.GetProperty("job").GetProperty("id").GetString();
}
