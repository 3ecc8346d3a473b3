using System.Net;
using JobForge.Contracts.Access;
using JobForge.Gateway.Access;

namespace JobForge.Process.Tests.Http;

/// <summary>Two real tenants with real rows: neither sees or touches what is the other's, at any door.</summary>
public sealed class TenantWallTests(Installation installation) : IClassFixture<Installation>
{
    private const string Marker = "rivals-secret";

    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["submitEvents"] = """{"tenant_id":"tenant-rival","event_type":"a.b","trace_id":"intruder","source_app":"settler"}""",
        ["requestJob"] = """{"tenant_id":"tenant-rival","template_key":"keys.usage.aggregate","inputs":{"period":"24h"},"trace_id":"intruder"}""",
        ["requestJobs"] = """{"tenant_id":"tenant-rival","jobs":[{"template_key":"keys.usage.aggregate","inputs":{"period":"24h"},"trace_id":"intruder"}]}""",
        ["rescheduleJob"] = """{"run_at":"2040-01-01T00:00:00Z"}""",
        ["patchTemplate"] = """{"tenant_id":"tenant-rival","enabled":false}""",
        ["patchFlags"] = """{"tenant_id":"tenant-rival","events_enabled":false}""",
        ["issuePolicyToken"] = """{"tenant_id":"tenant-rival","actor_id":"a","action":"autopilot.ops.apply","scopes":["ops:write"]}""",
        ["validatePolicyToken"] = """{"tenant_id":"tenant-rival","token":"x","action":"autopilot.ops.apply"}""",
        ["revokePolicyToken"] = """{"tenant_id":"tenant-rival","token_id":"t"}""",
        ["redriveDeadLetters"] = """{"tenant_id":"tenant-rival","filter":{}}""",
        ["pauseJobs"] = """{"tenant_id":"tenant-rival","template_key":"autopilot.ops.scan"}""",
        ["resumeJobs"] = """{"tenant_id":"tenant-rival","template_key":"autopilot.ops.scan"}""",
        ["createTenant"] = """{"tenant_id":"tenant-rival"}""",
        ["patchTenant"] = """{"name":"taken over"}""",
        ["createApiKey"] = """{"tenant_id":"tenant-rival","role":"app"}""",
    };

    [Fact]
    public async Task Nothing_of_another_tenant_can_be_seen_or_touched_at_any_door()
    {
        var (run, key) = await SeedAsync();
        var before = await SnapshotAsync();
        var walked = 0;
        foreach (var door in Doors.All.Where(door => door.LeastRole is ApiKeyRole.App or ApiKeyRole.TenantAdmin && door.Name is not ("listTemplates" or "getTemplate")))
        {
            foreach (var scope in (string[])["", "?tenant_id=" + Installation.Rival])
            {
                var answer = await installation.Admin.CallAsync(door.Method, PathOf(door, run, key) + scope, Bodies.GetValueOrDefault(door.Name));

                answer.Text.ShouldNotContain(Marker, customMessage: $"{door.Name}{scope}");
                var isOwnList = scope.Length == 0 && door.Method == "GET" && !door.Pattern.Contains('{', StringComparison.Ordinal);
                answer.Status.ShouldBeOneOf(isOwnList ? [HttpStatusCode.OK] : [HttpStatusCode.Forbidden, HttpStatusCode.NotFound], $"{door.Name}{scope}: {answer.Text}");
                walked++;
            }
        }

        walked.ShouldBeGreaterThan(50);
        (await SnapshotAsync()).ShouldBe(before);
        (await installation.RivalApp.ReadAsync($"/v1/runs/{run}/artifacts/usage_report.json")).Text.ShouldContain(Marker);
    }

    [Fact]
    public async Task The_rivals_run_is_as_absent_as_one_that_never_was()
    {
        var (run, _) = await SeedAsync();
        foreach (var path in (string[])["/v1/jobs/{0}", "/v1/runs/{0}/status", "/v1/runs/{0}/manifest", "/v1/runs/{0}/report", "/v1/runs/{0}/artifacts", "/v1/runs/{0}/artifacts/usage_report.json", "/v1/runs/{0}/logs", "/v1/runs/{0}/attempts"])
        {
            var there = await installation.App.ReadAsync(path.Replace("{0}", run, StringComparison.Ordinal));
            var absent = await installation.App.ReadAsync(path.Replace("{0}", "01a20480-0000-7000-8000-000000000000", StringComparison.Ordinal));

            there.ShouldBeRefused("NOT_FOUND", absent["message"].GetString());
            there.Status.ShouldBe(absent.Status);
        }
    }

    [Fact]
    public async Task A_policy_token_of_one_tenant_opens_nothing_at_the_other()
    {
        var issued = await installation.RivalAdmin.CallAsync("POST", "/v1/policy-tokens", """{"actor_id":"user-abc","action":"autopilot.ops.apply","scopes":["ops:write"]}""");
        var refused = await installation.App.CallAsync("POST", "/v1/jobs", $$"""{"template_key":"autopilot.ops.apply","inputs":{"changeset_id":"c"},"policy_token":"{{issued["policy_token"].GetString()}}"}""");

        refused.ShouldBeRefused("POLICY_DENIED", "Token tenant mismatch");
    }

    private async Task<(string Run, string Key)> SeedAsync()
    {
        await installation.RivalApp.CallAsync("POST", "/v1/events", $$"""{"event_type":"keys.usage.recorded","trace_id":"{{Marker}}","source_app":"keys","payload":{"key_id":"{{Marker}}","requests":1,"bytes_transferred":1} }""");
        var job = await installation.RunAsync(installation.RivalApp, $$"""{"template_key":"keys.usage.aggregate","trace_id":"{{Marker}}","inputs":{"period":"24h"} }""");
        var key = await installation.RivalAdmin.CallAsync("POST", "/v1/api-keys", $$"""{"role":"app","name":"{{Marker}}"}""");
        return (job.Id(), key["key_id"].GetString()!);
    }

    /// <summary>All that the rival can read of itself, besides when its keys were last used.</summary>
    private async Task<string> SnapshotAsync()
    {
        var texts = new List<string>();
        foreach (var path in (string[])["/v1/events", "/v1/jobs", "/v1/flags", "/v1/audit", "/v1/tenants/tenant-rival"])
        {
            texts.Add((await installation.RivalAdmin.ReadAsync(path)).Text);
        }

        var keys = (await installation.RivalAdmin.ReadAsync("/v1/api-keys")).Items;
        texts.AddRange(keys.EnumerateArray().Select(key => $"{key.Word("key_id")} {key.Word("revoked_at")}"));
        return string.Join('\n', texts);
    }

    private static string PathOf(Door door, string run, string key) => door.Pattern
        .Replace("{id}", door.Group == "Tenants" ? Installation.Rival : run, StringComparison.Ordinal)
        .Replace("{**name}", "usage_report.json", StringComparison.Ordinal)
        .Replace("{key}", "keys.usage.aggregate", StringComparison.Ordinal)
        .Replace("{key_id}", key, StringComparison.Ordinal);
}
