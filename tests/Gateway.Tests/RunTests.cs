using System.Net;
using JobForge.Contracts.Access;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Gateway.Tests.Doubles;

namespace JobForge.Gateway.Tests;

public sealed class RunTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(number => (byte)(number * 7))];

    [Fact]
    public async Task An_artifact_streams_with_its_checksum_as_tag_and_cannot_run_in_a_browser()
    {
        await using var host = await GatewayHost.StartAsync();
        var (path, digest) = Seed(host, "reports/scan <1>.html", "text/html");
        using var client = host.Client(ApiKeyRole.App);

        using var response = await client.GetAsync(path);

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Content);
        response.Headers.ETag!.Tag.ShouldBe($"\"sha256:{digest}\"");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("scan <1>.html");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
    }

    [Fact]
    public async Task A_known_tag_is_not_sent_again_and_a_range_is_sent_alone()
    {
        await using var host = await GatewayHost.StartAsync();
        var (path, digest) = Seed(host, "a.bin", "not a media type");
        using var client = host.Client(ApiKeyRole.App);

        var known = await client.ReadAsync(path, ("If-None-Match", $"\"sha256:{digest}\""));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new(10, 19) } };
        using var part = await client.SendAsync(request);

        known.Status.ShouldBe(HttpStatusCode.NotModified);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(Content[10..20]);
        part.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
    }

    [Fact]
    public async Task An_artifact_that_is_not_of_the_run_is_not_found()
    {
        await using var host = await GatewayHost.StartAsync();
        var (path, _) = Seed(host, "a.bin", null);
        using var client = host.Client(ApiKeyRole.App);

        (await client.ReadAsync(path + "x")).Code.ShouldBe("NOT_FOUND");
        (await client.ReadAsync(path.Replace("a.bin", "..%2F..%2Fetc", StringComparison.Ordinal))).Code.ShouldBe("NOT_FOUND");
    }

    [Fact]
    public async Task Logs_page_by_the_sequence_number_of_their_last_line()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme);
        host.Rows.Jobs.Add(job);
        host.Rows.Lines.AddRange(Enumerable.Range(1, 5).Select(number => new RunLogLine(number, 1, Sample.Now, "info", $"line {number}")));
        using var client = host.Client(ApiKeyRole.App);

        var first = await client.ReadAsync($"/v1/runs/{job.Id}/logs?limit=3");
        var rest = await client.ReadAsync($"/v1/runs/{job.Id}/logs?limit=3&after={first.Json.GetProperty("next_cursor").GetString()}");

        rest.Json.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("sequence").GetInt32()).ShouldBe([4, 5]);
        rest.Json.GetProperty("next_cursor").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task The_report_is_markdown_and_takes_its_options_from_the_query()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme);
        host.Rows.Manifests.Add(Sample.Manifest(job) with { Metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["duration_ms"] = 1500 } });
        using var client = host.Client(ApiKeyRole.App);

        var full = await client.ReadAsync($"/v1/runs/{job.Id}/report");
        var bare = await client.ReadAsync($"/v1/runs/{job.Id}/report?include_metrics=false");

        full.ContentHeaders.ContentType!.ToString().ShouldBe("text/markdown; charset=utf-8");
        full.Text.ShouldStartWith("# Job Run Report: autopilot.ops.scan");
        full.Text.ShouldContain("1.50s");
        bare.Text.ShouldNotContain("1.50s");
    }

    [Fact]
    public async Task Probes_follow_the_store_and_metrics_count_refusals()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.Operator);

        (await client.ReadAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        host.Rows.Answers = false;
        (await client.ReadAsync("/readyz")).Code.ShouldBe("UNAVAILABLE");
        (await client.ReadAsync("/healthz")).Status.ShouldBe(HttpStatusCode.OK);

        var metrics = await client.ReadAsync("/metrics");
        metrics.ContentHeaders.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        metrics.Text.ShouldContain("# TYPE jobforge_gateway_refusals_total counter\n");
        metrics.Text.ShouldMatch("\njobforge_gateway_refusals_total\\{code=\"UNAVAILABLE\"\\} [1-9]");
        metrics.Text.ShouldMatch("http_server_request_duration_seconds_bucket\\{[^}]*le=\"\\+Inf\"\\} [1-9]");
    }

    private static (string Path, string Digest) Seed(GatewayHost host, string name, string? mimeType)
    {
        var job = Sample.Job(GatewayHost.Acme);
        var digest = host.Artifacts.Put(Content);
        host.Rows.Jobs.Add(job);
        host.Rows.Manifests.Add(Sample.Manifest(job, new ManifestOutput(name, "file", "ref", Content.Length, "sha256:" + digest, mimeType)));
        return ($"/v1/runs/{job.Id}/artifacts/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}", digest);
    }
}
