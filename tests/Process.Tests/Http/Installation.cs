using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JobForge.Client;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Handlers;
using JobForge.Process.Tests.Drive;
using JobForge.Silo.Demo;
using JobForge.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Process.Tests.Http;

/// <summary>A whole silo in this process: real store, engine, handlers and sockets; two tenants, and a faulty site that scans call production.</summary>
public sealed class Installation : IAsyncLifetime
{
    public const string Own = "tenant-123";
    public const string Rival = "tenant-rival";

    private readonly DataFolder _data = new();
    private readonly List<HttpClient> _clients = [];
    private SiloHost _host = null!;

    public DemoSite Site { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public HttpClient Operator { get; private set; } = null!;

    public HttpClient App { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient RivalApp { get; private set; } = null!;

    public HttpClient RivalAdmin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Site = await DemoSite.StartAsync(TimeProvider.System, CancellationToken.None);
        _host = await SiloHost.BuildAsync(Options(), services => services.AddSingleton<IJobHandler, FlakyHandler>().AddSingleton<IJobHandler, BrokenHandler>());
        await _host.StartAsync();
        await using var terminal = new StringWriter();
        await FirstStart.OfferOperatorKeyAsync(_host.Services, terminal);
        (Anonymous, Operator) = (Client(null), Client(terminal.ToString().Split(' ')[^1].Trim()));
        foreach (var tenant in (string[])[Own, Rival])
        {
            (await Operator.CallAsync("POST", "/v1/tenants", $$"""{"tenant_id":"{{tenant}}","name":"{{tenant}}"}""")).ShouldBe(HttpStatusCode.Created);
        }

        foreach (var template in (string[])["keys.usage.aggregate", "autopilot.ops.scan", "autopilot.growth.seo_scan", "autopilot.ops.apply", DemoTemplates.Flaky, DemoTemplates.Broken])
        {
            (await Operator.CallAsync("PATCH", $"/v1/templates/{template}", """{"enabled":true}""")).ShouldBe(HttpStatusCode.OK);
        }

        (App, Admin) = (await MakeClientAsync(Own, "app"), await MakeClientAsync(Own, "tenant_admin"));
        (RivalApp, RivalAdmin) = (await MakeClientAsync(Rival, "app"), await MakeClientAsync(Rival, "tenant_admin"));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _host.DisposeAsync();
        await Site.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Sends this key with every call; none when it is null.</summary>
    public HttpClient Client(string? key)
    {
        var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        _clients.Add(client);
        return client;
    }

    /// <summary>Requests a job and waits for its end.</summary>
    public async Task<JsonElement> RunAsync(HttpClient client, string json)
    {
        var requested = await client.CallAsync("POST", "/v1/jobs", json);
        requested.ShouldBe(HttpStatusCode.Created);
        return await EndOfAsync(client, requested.Json.GetProperty("job").GetProperty("id").GetString()!);
    }

    public async Task<JsonElement> EndOfAsync(HttpClient client, string job)
    {
        var key = client.DefaultRequestHeaders.Authorization!.Parameter!;
        await new JobForgeClient(_host.Address, key).WaitForCompletionAsync(JobId.Parse(job, null), Tenancy.Poll);
        return (await client.CallAsync("GET", $"/v1/jobs/{job}")).Json;
    }

    private async Task<HttpClient> MakeClientAsync(string tenant, string role)
    {
        var made = await Operator.CallAsync("POST", "/v1/api-keys", $$"""{"tenant_id":"{{tenant}}","role":"{{role}}"}""");
        made.ShouldBe(HttpStatusCode.Created);
        return Client(made.Json.GetProperty("api_key").GetString());
    }

    private SiloOptions Options() => new()
    {
        DataPath = _data.Path,
        Urls = "http://127.0.0.1:0",
        Quiet = true,
        FurtherTemplates = DemoTemplates.All,
        AllowedPrivateHosts = [Site.HttpUrl.Host],
        Targets = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["production"] = [Site.HttpsUrl.ToString()] },
        Environment = name => FeatureFlags.TryParse(name, out _) ? "1" : null,
    };
}

/// <summary>An answer read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, string? MediaType, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public JsonElement Items => Json.GetProperty("items");

    public JsonElement this[string member] => Json.GetProperty(member);

    public void ShouldBe(HttpStatusCode status) => Status.ShouldBe(status, Text);

    /// <summary>Refused with this code, and in the shape that every refusal has.</summary>
    public void ShouldBeRefused(string code, string? message = null)
    {
        MediaType.ShouldBe("application/problem+json", Text);
        (Code, this["status"].GetInt32()).ShouldBe((code, (int)Status), Text);
        this["message"].GetString().ShouldBe(message ?? this["detail"].GetString());
        this["type"].GetString().ShouldBe("urn:jobforge:error:" + code.ToLowerInvariant());
        this["title"].GetString().ShouldNotBeNullOrEmpty();
        this["details"].ValueKind.ShouldBe(JsonValueKind.Array);
        this["timestamp"].GetString()!.ShouldEndWith("Z");
        this["correlationId"].GetString().ShouldBe(Headers.GetValues("x-correlation-id").Single());
    }
}

internal static class Calls
{
    public static Task<Answer> CallAsync(this HttpClient client, string method, string path, string? json = null, params (string Name, string Value)[] headers) =>
        client.CallAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), headers);

    public static async Task<Answer> CallAsync(this HttpClient client, string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await client.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, response.Headers);
    }

    public static Task<Answer> ReadAsync(this HttpClient client, string path) => client.CallAsync("GET", path);

    public static string Id(this JsonElement row) => row.GetProperty("id").GetString()!;

    public static string? Word(this JsonElement row, string member) => row.GetProperty(member).GetString();
}
