using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace JobForge.Process.Tests.Http;

/// <summary>The job samples of contract and guide, over HTTP, run by the real handlers.</summary>
public sealed class JobFlowTests(Installation installation) : IClassFixture<Installation>
{
    private const string Later = "2040-01-01T00:00:00Z";

    private readonly HttpClient _app = installation.App;

    [Fact]
    public async Task Usage_events_are_added_up()
    {
        await _app.CallAsync("POST", "/v1/events", """
            [{"event_type":"keys.usage.recorded","trace_id":"u","source_app":"keys","payload":{"key_id":"k1","requests":3,"bytes_transferred":900}},
             {"event_type":"keys.usage.recorded","trace_id":"u","source_app":"keys","payload":{"key_id":"k1","requests":4,"bytes_transferred":100}}]
            """);

        var job = await installation.RunAsync(_app, """{"tenant_id":"tenant-123","template_key":"keys.usage.aggregate","inputs":{"period":"24h","granularity":"hourly","key_ids":["k1"]},"trace_id":"u"}""");

        (job.Word("status"), job.Word("type"), job.Word("trace_id")).ShouldBe(("succeeded", "keys.usage.aggregate", "u"));
        (job.GetProperty("result").GetProperty("total_requests").GetInt64(), job.GetProperty("result").GetProperty("total_bytes").GetInt64()).ShouldBe((7, 1000));
    }

    [Fact]
    public async Task A_verification_pack_leaves_manifest_report_logs_attempts_and_artifacts_whose_checksums_hold()
    {
        var job = await installation.RunAsync(_app, """
            {"tenant_id":"tenant-123","project_id":"project-456","template_key":"autopilot.ops.scan","trace_id":"trace-789","actor_id":"user-abc",
             "inputs":{"target":"production","scan_type":"performance","checks":["ssl","cdn","cache"]}}
            """);
        var run = $"/v1/runs/{job.Id()}";
        var manifest = (await _app.ReadAsync($"{run}/manifest")).Json;

        (job.Word("status"), job.Word("project_id"), job.Word("actor_id")).ShouldBe(("succeeded", "project-456", "user-abc"));
        (manifest.Word("manifest_version"), manifest.Word("run_id"), manifest.Word("status"), manifest.Word("job_type")).ShouldBe(("1.0", job.Id(), "complete", "autopilot.ops.scan"));
        manifest.GetProperty("inputs_digest").GetString().ShouldBe(job.Word("inputs_digest"));
        (await _app.ReadAsync($"{run}/status")).Json.Id().ShouldBe(job.Id());
        (await _app.ReadAsync($"{run}/report?include_env=true")).Text.ShouldContain($"**Run ID:** {job.Id()}");
        (await _app.ReadAsync($"{run}/attempts")).Items.EnumerateArray().ShouldHaveSingleItem().Word("outcome").ShouldBe("succeeded");
        (await _app.ReadAsync($"{run}/logs")).ShouldBe(HttpStatusCode.OK);
        var outputs = (await _app.ReadAsync($"{run}/artifacts")).Items;
        outputs.GetRawText().ShouldBe(manifest.GetProperty("outputs").GetRawText());
        outputs.GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var output in outputs.EnumerateArray())
        {
            var bytes = await _app.GetByteArrayAsync(new Uri(output.Word("ref")!, UriKind.Relative));
            (bytes.LongLength, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes))).ShouldBe((output.GetProperty("size").GetInt64(), output.Word("checksum")));
        }
    }

    [Fact]
    public async Task A_seo_scan_finds_the_planted_faults()
    {
        var job = await installation.RunAsync(_app, $$"""{"job_type":"autopilot.growth.seo_scan","inputs":{"url":"{{installation.Site.HttpUrl}}","depth":3} }""");

        job.Word("status").ShouldBe("succeeded");
        job.GetProperty("result").GetProperty("issues").GetArrayLength().ShouldBe(JobForge.Silo.Demo.DemoPages.SeoFaults.Count);
    }

    [Fact]
    public async Task An_action_job_needs_a_token_that_is_its_own_unused_and_not_revoked_and_the_token_is_stored_nowhere()
    {
        var token = await IssueAsync("autopilot.ops.apply");
        var revoked = await IssueAsync("autopilot.ops.apply");
        var revocation = await installation.Admin.CallAsync("POST", "/v1/policy-tokens:revoke", $$"""{"token_id":"{{revoked["claims"].Id()}}"}""");
        (await CheckAsync(token)).GetProperty("allowed").GetBoolean().ShouldBeTrue();
        (await CheckAsync(revoked)).Word("reason").ShouldBe("Token revoked");
        revocation["already_revoked"].GetBoolean().ShouldBeFalse();

        var without = await ApplyAsync(null);
        var used = await ApplyAsync(token);
        var again = await ApplyAsync(token);
        var withRevoked = await ApplyAsync(revoked);
        var job = await installation.EndOfAsync(_app, used["job"].Id());

        without.ShouldBeRefused("POLICY_DENIED", "Policy token required for action jobs");
        again.ShouldBeRefused("POLICY_DENIED", "Token already used");
        withRevoked.ShouldBeRefused("POLICY_DENIED", "Token revoked");
        (job.Word("status"), job.Word("policy_token_id")).ShouldBe(("succeeded", token["claims"].Id()));
        job.GetProperty("inputs").GetRawText().ShouldBe("""{"changeset_id":"change-123"}""");
        var audit = (await installation.Admin.ReadAsync("/v1/audit?action=policy_check&allowed=false")).Items;
        audit.EnumerateArray().Select(entry => entry.Word("reason")).ShouldBe(["Token revoked", "Token already used", "Policy token required for action jobs", "Token revoked"]);
        audit.GetRawText().ShouldNotContain(token["policy_token"].GetString()!);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_happen_and_makes_no_job()
    {
        var dry = await _app.CallAsync("POST", "/v1/jobs", """{"tenant_id":"tenant-123","template_key":"autopilot.ops.scan","inputs":{"target":"production"},"dry_run":true,"trace_id":"dry"}""");

        dry.ShouldBe(HttpStatusCode.OK);
        (dry["dry_run"].GetBoolean(), dry["would_execute"].GetBoolean(), dry.Json.TryGetProperty("job", out _)).ShouldBe((true, true, false));
        (await _app.ReadAsync("/v1/jobs?trace_id=dry")).Items.GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("settler.contract.process", """{"contract_id":"c-1","analysis_type":"full"}""")]
    [InlineData("aias.knowledge.index", """{"document_ids":["d-1"],"index_type":"vector"}""")]
    [InlineData("readylayer.asset.optimize", """{"asset_id":"a-1","formats":["webp","avif"],"sizes":[640,1280,1920]}""")]
    [InlineData("autopilot.growth.content_draft", """{"topic":"lamps","format":"blog","tone":"professional","target_audience":"technical"}""")]
    public async Task A_template_that_no_handler_serves_is_disabled_and_stays_so(string template, string inputs)
    {
        var requested = await _app.CallAsync("POST", "/v1/jobs", $$"""{"template_key":"{{template}}","inputs":{{inputs}}}""");
        var enabled = await installation.Operator.CallAsync("PATCH", $"/v1/templates/{template}", """{"enabled":true}""");

        requested.ShouldBeRefused("TEMPLATE_DISABLED", $"Template is disabled: {template}");
        enabled.ShouldBeRefused("CONFLICT");
    }

    [Fact]
    public async Task An_idempotency_key_makes_one_job_of_two_calls_and_other_inputs_a_conflict()
    {
        const string Body = """{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"}}""";
        var first = await _app.CallAsync("POST", "/v1/jobs", Body, ("Idempotency-Key", "job-1"));
        var again = await _app.CallAsync("POST", "/v1/jobs", Body, ("Idempotency-Key", "job-1"));
        var other = await _app.CallAsync("POST", "/v1/jobs", Body.Replace("24h", "7d", StringComparison.Ordinal), ("Idempotency-Key", "job-1"));

        (first.Status, again.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        again["job"].Id().ShouldBe(first["job"].Id());
        other.ShouldBeRefused("CONFLICT");
    }

    [Fact]
    public async Task A_batch_is_answered_item_by_item()
    {
        var answer = await _app.CallAsync("POST", "/v1/jobs:batch", """
            {"jobs":[{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"}},{"template_key":"no.such"},
                     {"template_key":"keys.usage.aggregate","inputs":{"period":"24h"},"tenant_id":"tenant-rival"},{"template_key":"keys.usage.aggregate","inputs":{"period":12}}]}
            """);

        answer.ShouldBe(HttpStatusCode.MultiStatus);
        (await installation.EndOfAsync(_app, answer.Items[0].GetProperty("result").GetProperty("job").Id())).Word("status").ShouldBe("succeeded");
        answer.Items.EnumerateArray().Skip(1).Select(item => item.GetProperty("error").Word("code")).ShouldBe(["NOT_FOUND", "FORBIDDEN", "VALIDATION_ERROR"]);
        answer.Items[1].GetProperty("error").Word("message").ShouldBe("Template not found: no.such");
    }

    [Fact]
    public async Task A_waiting_job_is_rescheduled_and_canceled_and_then_nothing_moves_it()
    {
        var requested = await _app.CallAsync("POST", "/v1/jobs", $$"""{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"},"run_at":"{{Later}}"}""");
        var path = $"/v1/jobs/{requested["job"].Id()}";

        var moved = await _app.CallAsync("POST", $"{path}/reschedule", """{"run_at":"2041-01-01T00:00:00Z"}""");
        var canceled = await _app.CallAsync("POST", $"{path}/cancel", """{"reason":"no longer wanted"}""");

        (requested["job"].Word("status"), moved["run_at"].GetString()).ShouldBe(("queued", "2041-01-01T00:00:00.000Z"));
        (canceled["status"].GetString(), canceled["status_reason"].GetString()).ShouldBe(("canceled", "canceled_by_actor"));
        foreach (var command in (string[])["cancel", "retry", "reschedule"])
        {
            (await _app.CallAsync("POST", $"{path}/{command}", command == "reschedule" ? $$"""{"run_at":"{{Later}}"}""" : null)).ShouldBeRefused("CONFLICT");
        }

        (await _app.ReadAsync($"/v1/runs/{requested["job"].Id()}/manifest"))["status"].GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task A_failed_job_is_retried_as_a_new_one_that_names_it()
    {
        var failed = await installation.RunAsync(_app, """{"template_key":"demo.broken","trace_id":"retry"}""");
        var retried = await _app.CallAsync("POST", $"/v1/jobs/{failed.Id()}/retry");
        var second = await installation.EndOfAsync(_app, retried["job"].Id());

        retried.ShouldBe(HttpStatusCode.Created);
        (failed.Word("status"), failed.GetProperty("error").Word("code")).ShouldBe(("failed", "account_closed"));
        (second.Word("retry_of"), second.Word("status"), second.Word("trace_id")).ShouldBe((failed.Id(), "failed", "retry"));
        (await _app.ReadAsync("/v1/jobs?status=failed&trace_id=retry&limit=1"))["next_cursor"].GetString().ShouldNotBeNull();
        (await _app.ReadAsync($"/v1/runs/{failed.Id()}/logs")).Items[0].Word("level").ShouldBe("error");
    }

    private async Task<Answer> IssueAsync(string action)
    {
        var issued = await installation.Admin.CallAsync("POST", "/v1/policy-tokens", $$"""{"tenant_id":"tenant-123","actor_id":"user-abc","action":"{{action}}","scopes":["ops:write"],"expires_in_hours":1}""");
        issued.ShouldBe(HttpStatusCode.Created);
        return issued;
    }

    private async Task<JsonElement> CheckAsync(Answer token) => (await _app.CallAsync("POST", "/v1/policy-tokens:validate", $$"""
        {"token":"{{token["policy_token"].GetString()}}","action":"autopilot.ops.apply","required_scopes":["ops:write"],"tenant_id":"tenant-123","actor_id":"user-abc"}
        """)).Json;

    private Task<Answer> ApplyAsync(Answer? token) => _app.CallAsync("POST", "/v1/jobs", $$"""
        {"tenant_id":"tenant-123","template_key":"autopilot.ops.apply","actor_id":"user-abc",
         "inputs":{"changeset_id":"change-123"{{(token is null ? "" : $",\"approval_token\":\"{token["policy_token"].GetString()}\"")}} } }
        """);
}
