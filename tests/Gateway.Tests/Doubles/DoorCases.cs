using JobForge.Gateway.Access;

namespace JobForge.Gateway.Tests.Doubles;

/// <summary>A good call for every door. A door without one fails every test that walks them, so a new route cannot slip past.</summary>
internal static class DoorCases
{
    private static readonly Dictionary<string, string?> Bodies = new(StringComparer.Ordinal)
    {
        ["submitEvents"] = """{"event_type":"infrastructure.alert","trace_id":"t","source_app":"settler"}""",
        ["requestJob"] = """{"template_key":"autopilot.ops.scan","inputs":{}}""",
        ["requestJobs"] = """{"jobs":[{"template_key":"autopilot.ops.scan"}]}""",
        ["redriveDeadLetters"] = """{"filter":{"template_key":"autopilot.ops.scan"},"per_second":5}""",
        ["pauseJobs"] = """{"template_key":"autopilot.ops.scan","reason":"month end"}""",
        ["resumeJobs"] = """{"template_key":"autopilot.ops.scan"}""",
        ["cancelJob"] = null,
        ["retryJob"] = null,
        ["rescheduleJob"] = """{"run_at":"2030-01-01T00:00:00Z"}""",
        ["patchTemplate"] = """{"enabled":true}""",
        ["patchFlags"] = """{"events_enabled":true}""",
        ["issuePolicyToken"] = """{"actor_id":"user-abc","action":"autopilot.ops.apply","scopes":["ops:write"]}""",
        ["validatePolicyToken"] = """{"token":"x","action":"autopilot.ops.apply"}""",
        ["revokePolicyToken"] = """{"token_id":"tok-1"}""",
        ["createTenant"] = """{"tenant_id":"fresh"}""",
        ["patchTenant"] = """{"name":"renamed"}""",
        ["createApiKey"] = """{"role":"app"}""",
        ["revokeApiKey"] = null,
    };

    public static string? Body(Door door) => door.Method is "GET" or "DELETE" ? null
        : Bodies.TryGetValue(door.Name, out var body) ? body
        : throw new InvalidOperationException($"The new door {door.Name} needs a case.");

    /// <summary>The door's path for this run.</summary>
    public static string Path(Door door, Guid run) => door.Pattern
        .Replace("{id}", door.Group is "Tenants" ? GatewayHost.Acme : run.ToString("D"), StringComparison.Ordinal)
        .Replace("{**name}", "report.json", StringComparison.Ordinal)
        .Replace("{key}", "autopilot.ops.scan", StringComparison.Ordinal)
        .Replace("{key_id}", "0123456789abcdef", StringComparison.Ordinal);
}
