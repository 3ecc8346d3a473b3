using System.Diagnostics;
using System.Net;

namespace JobForge.Process.Tests.Http;

/// <summary>Switches, keys, tenants and probes of a whole installation.</summary>
public sealed class RegistryFlowTests(Installation installation) : IClassFixture<Installation>
{
    private const string Event = """{"event_type":"infrastructure.alert","trace_id":"flags","source_app":"settler"}""";
    private const string Usage = """{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"}}""";

    private readonly HttpClient _app = installation.App;

    [Fact]
    public async Task A_feature_that_is_switched_off_for_the_cluster_is_off_at_once_for_every_tenant_and_stored_rows_stay()
    {
        var job = await installation.RunAsync(_app, Usage);
        await installation.Operator.CallAsync("PATCH", "/v1/flags", """{"events_enabled":false,"manifests_enabled":false}""");
        await installation.Admin.CallAsync("PATCH", "/v1/flags", """{"events_enabled":true}""");

        (await _app.CallAsync("POST", "/v1/events", Event)).ShouldBeRefused("FEATURE_DISABLED", "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.");
        (await _app.CallAsync("POST", "/v1/events", """{"event_type":12}""")).ShouldBeRefused("FEATURE_DISABLED");
        (await _app.ReadAsync("/v1/events")).ShouldBeRefused("FEATURE_DISABLED");
        (await _app.ReadAsync($"/v1/runs/{job.Id()}/manifest")).ShouldBeRefused("FEATURE_DISABLED", "Artifact manifests are disabled. Set JOBFORGE_MANIFESTS_ENABLED=1 to enable.");
        (await _app.ReadAsync($"/v1/runs/{job.Id()}/artifacts")).Items.GetArrayLength().ShouldBe(2);

        var back = await installation.Operator.CallAsync("PATCH", "/v1/flags", """{"events_enabled":null,"manifests_enabled":null}""");
        back["events_enabled"].GetBoolean().ShouldBeTrue();
        (await _app.CallAsync("POST", "/v1/events", Event)).ShouldBe(HttpStatusCode.Created);
        (await _app.ReadAsync($"/v1/runs/{job.Id()}/manifest")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_tenant_switches_itself_and_nobody_else()
    {
        await installation.RivalAdmin.CallAsync("PATCH", "/v1/flags", """{"autopilot_jobs_enabled":false}""");

        (await installation.RivalApp.CallAsync("POST", "/v1/jobs", """{"template_key":"autopilot.ops.scan","inputs":{"target":"production"}}"""))
            .ShouldBeRefused("FEATURE_DISABLED", "Autopilot jobs are disabled. Set JOBFORGE_AUTOPILOT_JOBS_ENABLED=1 to enable.");
        (await installation.RivalApp.CallAsync("POST", "/v1/jobs", Usage)).ShouldBe(HttpStatusCode.Created);
        (await _app.CallAsync("POST", "/v1/jobs", """{"template_key":"autopilot.ops.scan","inputs":{"target":"production"},"dry_run":true}"""))["would_execute"].GetBoolean().ShouldBeTrue();
        (await _app.ReadAsync("/v1/flags"))["autopilot_jobs_enabled"].GetBoolean().ShouldBeTrue();
        (await installation.RivalApp.ReadAsync("/v1/flags"))["autopilot_jobs_enabled"].GetBoolean().ShouldBeFalse();
        (await _app.CallAsync("PATCH", "/v1/flags", """{"events_enabled":false}""")).ShouldBeRefused("FORBIDDEN");
        var audit = await installation.RivalAdmin.ReadAsync("/v1/audit?action=flag_change");
        audit.Items.EnumerateArray().ShouldHaveSingleItem().Word("tenant_id").ShouldBe(Installation.Rival);
    }

    [Fact]
    public async Task An_operator_changes_a_template_and_an_admin_only_switches_it_for_its_tenant()
    {
        var patched = await installation.Operator.CallAsync("PATCH", "/v1/templates/keys.usage.aggregate", """{"default_max_attempts":5,"default_timeout_ms":60000}""");
        var job = await _app.CallAsync("POST", "/v1/jobs", Usage);
        var off = await installation.Admin.CallAsync("PATCH", "/v1/templates/keys.usage.aggregate", """{"enabled":false}""");
        var refused = await _app.CallAsync("POST", "/v1/jobs", Usage);
        var rivals = await installation.RivalApp.CallAsync("POST", "/v1/jobs", Usage);
        var tooMuch = await installation.Admin.CallAsync("PATCH", "/v1/templates/keys.usage.aggregate", """{"default_max_attempts":10}""");
        await installation.Admin.CallAsync("PATCH", "/v1/templates/keys.usage.aggregate", """{"enabled":true}""");

        patched["default_max_attempts"].GetInt32().ShouldBe(5);
        (job["job"].GetProperty("max_attempts").GetInt32(), job["job"].GetProperty("timeout_ms").GetInt32()).ShouldBe((5, 60_000));
        off["was_enabled"].GetBoolean().ShouldBeTrue();
        refused.ShouldBeRefused("TEMPLATE_DISABLED", "Template is disabled: keys.usage.aggregate");
        rivals.ShouldBe(HttpStatusCode.Created);
        tooMuch.ShouldBeRefused("FORBIDDEN");
        (await _app.CallAsync("POST", "/v1/jobs", Usage)).ShouldBe(HttpStatusCode.Created);
        (await installation.Operator.CallAsync("PATCH", "/v1/templates/no.such", """{"enabled":true}""")).ShouldBeRefused("NOT_FOUND", "Template not found: no.such");
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/revoke")]
    public async Task A_key_works_from_its_making_and_not_a_second_after_its_revocation(string method, string suffix)
    {
        var made = await installation.Admin.CallAsync("POST", "/v1/api-keys", """{"role":"app","name":"short-lived"}""");
        var (keyId, client) = (made["key_id"].GetString(), installation.Client(made["api_key"].GetString()));
        (await client.ReadAsync("/v1/jobs")).ShouldBe(HttpStatusCode.OK);

        (await installation.Admin.CallAsync(method, $"/v1/api-keys/{keyId}{suffix}")).ShouldBe(HttpStatusCode.NoContent);
        var start = Stopwatch.GetTimestamp();
        Answer answer;
        do
        {
            answer = await client.ReadAsync("/v1/jobs");
        }
        while (answer.Status == HttpStatusCode.OK && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));

        answer.ShouldBeRefused("UNAUTHORIZED");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        var listed = (await installation.Admin.ReadAsync("/v1/api-keys")).Items;
        listed.EnumerateArray().Single(key => key.Word("key_id") == keyId).Word("revoked_at").ShouldNotBeNull();
        listed.GetRawText().ShouldNotContain("jf_");
    }

    [Fact]
    public async Task A_tenants_change_that_names_a_member_twice_is_refused_and_changes_nothing()
    {
        var before = (await installation.Operator.ReadAsync("/v1/tenants/tenant-rival")).Text;

        var twice = await installation.Operator.CallAsync("PATCH", "/v1/tenants/tenant-rival", """{"max_running":1,"max_running":2}""");

        twice.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, twice.Text);
        twice["details"][0].GetProperty("code").GetString().ShouldBe("duplicate");
        (await installation.Operator.ReadAsync("/v1/tenants/tenant-rival")).Text.ShouldBe(before);
    }

    [Fact]
    public async Task Tenants_are_made_once_read_by_their_own_and_changed_by_operators()
    {
        var twice = await installation.Operator.CallAsync("POST", "/v1/tenants", """{"tenant_id":"tenant-123"}""");
        var patched = await installation.Operator.CallAsync("PATCH", "/v1/tenants/tenant-123", """{"name":"Renamed"}""");

        twice.ShouldBeRefused("CONFLICT");
        patched["name"].GetString().ShouldBe("Renamed");
        (await installation.Admin.ReadAsync("/v1/tenants/tenant-123"))["name"].GetString().ShouldBe("Renamed");
        // Other tests of this class make tenants of their own.
        var listed = (await installation.Operator.ReadAsync("/v1/tenants")).Items.EnumerateArray().Select(tenant => tenant.GetProperty("tenant_id").GetString());
        listed.Count(tenant => tenant == "tenant-123").ShouldBe(1);
        (await installation.Admin.ReadAsync("/v1/tenants")).ShouldBeRefused("FORBIDDEN");
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_answered_as_such()
    {
        await installation.Operator.CallAsync("POST", "/v1/tenants", """{"tenant_id":"tenant-small","max_queued_jobs":1}""");
        var made = await installation.Operator.CallAsync("POST", "/v1/api-keys", """{"tenant_id":"tenant-small","role":"app"}""");
        var client = installation.Client(made["api_key"].GetString());
        const string Waiting = """{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"},"run_at":"2040-01-01T00:00:00Z"}""";

        (await client.CallAsync("POST", "/v1/jobs", Waiting)).ShouldBe(HttpStatusCode.Created);
        var refused = await client.CallAsync("POST", "/v1/jobs", Waiting);

        refused.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.ShouldBeRefused("QUOTA_EXCEEDED");
    }

    [Fact]
    public async Task Probes_metrics_and_the_document_answer_whom_they_should()
    {
        foreach (var path in (string[])["/healthz", "/readyz", "/v1/healthz", "/v1/readyz"])
        {
            (await installation.Anonymous.ReadAsync(path)).ShouldBe(HttpStatusCode.OK);
        }

        await installation.RunAsync(_app, Usage);
        (await _app.ReadAsync("/metrics")).ShouldBeRefused("FORBIDDEN");
        (await installation.Operator.ReadAsync("/metrics")).Text.ShouldContain("# TYPE ");
        var document = (await installation.Anonymous.ReadAsync("/v1/openapi.json")).Json;
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        foreach (var door in Gateway.Access.Doors.All.Where(door => door.Name != "openapi" && !door.Name.EndsWith("Probe", StringComparison.Ordinal)))
        {
            document.GetProperty("paths").TryGetProperty(door.Pattern.Replace("**", "", StringComparison.Ordinal), out var path).ShouldBeTrue(door.Pattern);
            path.TryGetProperty(door.Method.ToLowerInvariant(), out _).ShouldBeTrue(door.Name);
        }
    }
}
