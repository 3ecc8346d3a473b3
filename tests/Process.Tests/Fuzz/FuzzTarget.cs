using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JobForge.Client;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>A live process with two tenants, whose rows the campaign may, and may not, see.</summary>
internal sealed class FuzzTarget : IDisposable
{
    private static readonly string[] Templates = ["keys.usage.aggregate", "autopilot.ops.apply", "autopilot.ops.scan"];

    private readonly List<HttpClient> _clients = [];
    private HttpClient _operator = null!;
    private HttpClient _rival = null!;

    private FuzzTarget(Uri address) => Address = address;

    public Uri Address { get; }

    public RouteTable Routes { get; private set; } = null!;

    public Pool Pool { get; private set; } = null!;

    public IReadOnlyDictionary<Who, string> Keys { get; private set; } = null!;

    public static async Task<FuzzTarget> PrepareAsync(SiloProcess silo)
    {
        var target = new FuzzTarget(await silo.AddressAsync());
        var operatorKey = await silo.OperatorKeyAsync();
        target._operator = target.Client(operatorKey);
        foreach (var tenant in (string[])["tenant-123", "tenant-rival"])
        {
            await CallAsync(target._operator, "POST", "/v1/tenants", $$"""{"tenant_id":"{{tenant}}","name":"{{tenant}}"}""");
        }

        await target.OpenUpAsync();
        var (app, admin) = (await target.KeyAsync("tenant-123", "app"), await target.KeyAsync("tenant-123", "tenant_admin"));
        target._rival = target.Client((await target.KeyAsync("tenant-rival", "tenant_admin")).Text);
        target.Keys = new Dictionary<Who, string> { [Who.App] = app.Text, [Who.Admin] = admin.Text, [Who.Operator] = operatorKey };
        target.Routes = RouteTable.Read(await target._operator.GetStringAsync("/v1/openapi.json"));
        await target.FurnishAsync(app.Text);
        return target;
    }

    /// <summary>Puts back what operators' requests may have switched off or shut: the campaign goes on behind the first check.</summary>
    public async Task OpenUpAsync()
    {
        foreach (var template in Templates)
        {
            await CallAsync(_operator, "PATCH", $"/v1/templates/{template}", """{"enabled":true}""");
            await CallAsync(_operator, "POST", "/v1/pauses:resume", $$"""{"template_key":"{{template}}"}""", mayFail: true);
        }

        await CallAsync(_operator, "PATCH", "/v1/flags", """{"events_enabled":true,"autopilot_jobs_enabled":true,"action_jobs_enabled":true,"manifests_enabled":true,"audit_logging_enabled":true}""", mayFail: true);
        await CallAsync(_operator, "PATCH", "/v1/tenants/tenant-123", """{"requests_per_minute":1000000,"max_queued_jobs":1000000}""");
    }

    /// <summary>The rival's own jobs and events, as its key shows them. What an operator's request makes for the rival is no breach.</summary>
    public async Task<string> RivalAsync() =>
        string.Join('\n', await _rival.GetStringAsync($"/v1/jobs?trace_id={Verdict.RivalMarker}"), await _rival.GetStringAsync($"/v1/events?trace_id={Verdict.RivalMarker}"));

    /// <summary>Refusals that the process has counted.</summary>
    public async Task<long> RefusalsAsync() =>
        (await MetricsAsync()).Split('\n').Where(line => line.StartsWith("jobforge_gateway_refusals_total", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));

    public Task<string> MetricsAsync() => _operator.GetStringAsync("/metrics");

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private async Task FurnishAsync(string appKey)
    {
        var own = new JobForgeClient(Address, appKey);
        var ids = new List<string>();
        foreach (var key in (string[])["a", "b", "c"])
        {
            var job = (await own.RequestJobAsync(Tenancy.Usage(key))).Job!.Id;
            await own.WaitForCompletionAsync(job, Tenancy.Poll);
            ids.Add(job.ToString());
        }

        ids.Add((await own.RequestJobAsync(Tenancy.Usage("later") with { RunAt = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero) })).Job!.Id.ToString());
        ids.Add((await own.RequestJobAsync(Tenancy.Usage("bad") with { TemplateKey = "autopilot.ops.scan", Inputs = JsonElement.Parse("""{"target":"nowhere"}""") })).Job!.Id.ToString());
        await CallAsync(_rival, "POST", "/v1/events", $$"""{"event_type":"load.test","trace_id":"{{Verdict.RivalMarker}}","source_app":"external","payload":{"is":"{{Verdict.RivalMarker}}"} }""");
        var rivals = await CallAsync(_rival, "POST", "/v1/jobs", $$"""{"template_key":"keys.usage.aggregate","trace_id":"{{Verdict.RivalMarker}}","inputs":{"period":"24h","granularity":"hourly","key_ids":["{{Verdict.RivalMarker}}"]} }""");
        var rivalJob = rivals.GetProperty("job").GetProperty("id").GetString()!;
        await Tenancy.UntilAsync(async () => JsonElement.Parse(await _rival.GetStringAsync($"/v1/jobs/{rivalJob}")).GetProperty("status").GetString() == "succeeded");
        ids.Add(rivalJob);
        var token = (await CallAsync(_operator, "POST", "/v1/policy-tokens", """{"tenant_id":"tenant-123","actor_id":"user-abc","action":"autopilot.ops.apply","scopes":["ops:write"]}""")).GetProperty("policy_token").GetString()!;
        // Keys that the campaign may revoke; those that it calls with are not in its pool.
        var victims = new[] { (await KeyAsync("tenant-123", "app")).Id, (await KeyAsync("tenant-123", "worker")).Id, (await KeyAsync("tenant-rival", "app")).Id };
        Pool = new Pool("tenant-123", "tenant-rival", ids, Templates, victims, [token, "x", token[..^2]]);
    }

    private async Task<(string Id, string Text)> KeyAsync(string tenant, string role)
    {
        var made = await CallAsync(_operator, "POST", "/v1/api-keys", $$"""{"tenant_id":"{{tenant}}","role":"{{role}}"}""");
        return (made.GetProperty("key_id").GetString()!, made.GetProperty("api_key").GetString()!);
    }

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _clients.Add(client);
        return client;
    }

    private static async Task<JsonElement> CallAsync(HttpClient client, string method, string path, string json, bool mayFail = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        (response.IsSuccessStatusCode || mayFail).ShouldBeTrue($"{method} {path}: {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
