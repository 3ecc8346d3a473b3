using System.Net;
using System.Text;
using JobForge.Client;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;
using JobForge.Gateway.Tests.Doubles;
using JobForge.Tests.Shared;

namespace JobForge.Gateway.Tests;

public sealed class ClientTests
{
    private static readonly JobRequest Request = new() { TenantId = new("acme"), TemplateKey = "a.b" };

    [Fact]
    public async Task The_retries_of_one_call_carry_one_key_and_obey_retry_after()
    {
        var clock = new FakeTimeProvider();
        var server = new Script(Busy("3"), Away(), Ok(new RequestJobResult { TraceId = "t", AuditId = Guid.Empty }));
        var client = server.Client(clock);

        var call = client.RequestJobAsync(Request);
        await clock.WhenArmedAsync(1);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        server.Keys.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await clock.WhenArmedAsync(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await call).TraceId.ShouldBe("t");

        server.Keys.Count.ShouldBe(3);
        server.Keys.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_has_no_key_is_sent_once_and_what_is_refused_is_not_repeated()
    {
        var server = new Script(Busy("1"), Problem(HttpStatusCode.UnprocessableEntity, ErrorCode.ValidationError, "limit: bad"));
        var client = server.Client(new FakeTimeProvider());

        var busy = await Should.ThrowAsync<JobForgeException>(client.CreateTenantAsync(new(new("acme"), null, null, null)));
        var refused = await Should.ThrowAsync<JobForgeException>(client.RequestJobAsync(Request));

        (busy.Code, busy.RetryAfter).ShouldBe((ErrorCode.RateLimited, TimeSpan.FromSeconds(1)));
        (refused.Code, refused.Message, refused.CorrelationId).ShouldBe((ErrorCode.ValidationError, "limit: bad", "corr-1"));
        server.Keys.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Retries_end_and_the_key_is_in_nothing_that_is_printed()
    {
        var clock = new FakeTimeProvider();
        var server = new Script(Away(), Away(), Away(), Away(), Away());
        var client = server.Client(clock);

        var call = client.GetFlagsAsync();
        await RunAsync(clock, call, TimeSpan.FromSeconds(1));

        var failure = await Should.ThrowAsync<JobForgeException>(call);
        failure.Code.ShouldBe(ErrorCode.Unavailable);
        $"{failure} {client}".ShouldNotContain(Script.Key);
    }

    [Fact]
    public async Task Waiting_asks_ever_more_seldom_and_ends_with_the_job()
    {
        var clock = new FakeTimeProvider();
        var running = Sample.Job("acme", JobStatus.Running);
        var server = new Script([.. Enumerable.Repeat(Ok(running), 6), Ok(running with { Status = JobStatus.Failed })]);
        var options = new WaitOptions { FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(8) };

        var waiting = server.Client(clock).WaitForCompletionAsync(running.Id, options);
        await RunAsync(clock, waiting, TimeSpan.FromMilliseconds(10));

        (await waiting).Status.ShouldBe(JobStatus.Failed);
        double[] longest = [1, 2, 4, 8, 8, 8];
        var delays = server.CalledAt.Zip(server.CalledAt.Skip(1), (before, after) => (after - before).TotalSeconds).ToArray();
        delays.Length.ShouldBe(longest.Length);
        for (var index = 0; index < longest.Length; index++)
        {
            delays[index].ShouldBeInRange(longest[index] / 2, longest[index] + 0.02, $"delay {index}");
        }
    }

    [Fact]
    public async Task Waiting_gives_up_at_its_timeout_and_says_where_the_job_is()
    {
        var clock = new FakeTimeProvider();
        var running = Sample.Job("acme", JobStatus.Running);
        var server = new Script(Ok(running), Ok(running));

        var waiting = server.Client(clock).WaitForCompletionAsync(running.Id, new WaitOptions { FirstDelay = TimeSpan.FromHours(1), Timeout = TimeSpan.FromSeconds(5) });
        await clock.WhenArmedAsync(1);
        clock.Advance(TimeSpan.FromSeconds(5));

        (await Should.ThrowAsync<TimeoutException>(waiting)).Message.ShouldContain("running");
    }

    [Fact]
    public async Task The_client_and_the_gateway_speak_the_same_words()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme);
        host.Rows.Jobs.AddRange([job, Sample.Job(GatewayHost.Acme), Sample.Job(GatewayHost.Acme)]);
        var client = new JobForgeClient(host.Root, host.Key(ApiKeyRole.TenantAdmin));

        var stored = await client.SubmitEventAsync(Sample.Envelope(GatewayHost.Acme));
        var batch = await client.SubmitEventsAsync([Sample.Envelope(GatewayHost.Acme), Sample.Envelope(GatewayHost.Acme)]);
        host.Rows.Events.AddRange([stored, .. batch.Items.Select(item => item.Event!)]);
        var jobs = await client.RequestJobsAsync([Request, Request with { Priority = 5, RunAt = Sample.Now }]);

        (await client.ListAllEventsAsync(new EventQuery { TenantId = new("acme"), FromTime = Sample.Now }).ToListAsync()).Count.ShouldBe(3);
        (await client.ListAllJobsAsync(new JobQuery { TenantId = new("acme"), Statuses = [JobStatus.Queued, JobStatus.Running] }).ToListAsync()).Count.ShouldBe(3);
        jobs.Items.Count(item => item.Error is null).ShouldBe(2);
        (await client.GetJobAsync(job.Id)).ShouldNotBeNull().TemplateKey.ShouldBe(job.TemplateKey);
        (await client.GetJobAsync(new(Guid.Empty))).ShouldBeNull();
        (await client.CancelJobAsync(job.Id, "no longer needed")).Status.ShouldBe(JobStatus.Canceled);
        (await client.SetFlagsAsync(new Dictionary<Contracts.Flags.FeatureFlag, bool?> { [Contracts.Flags.FeatureFlag.EventsEnabled] = true }))["events_enabled"].ShouldBeTrue();
        (await client.IssuePolicyTokenAsync(new(new("acme"), "user-abc", "autopilot.ops.apply", ["ops:write"]))).PolicyToken.ShouldBe("token-text");
        (await client.ValidatePolicyTokenAsync("x", new() { TenantId = "acme", Action = "a.b", RequiredScopes = ["ops:read"] })).Allowed.ShouldBeTrue();
        (await client.RevokePolicyTokenAsync("tok-1")).Revoked.ShouldBeTrue();
        (await client.CreateApiKeyAsync(new(new("acme"), ApiKeyRole.App, "ci"))).Role.ShouldBe(ApiKeyRole.App);
        (await client.ListApiKeysAsync()).ShouldHaveSingleItem().Role.ShouldBe(ApiKeyRole.TenantAdmin);
        (await client.ListAuditAsync(new() { TenantId = new("acme") })).Items.ShouldBeEmpty();
        (await client.GetAttemptsAsync(job.Id)).ShouldHaveSingleItem().Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_download_whose_bytes_are_not_those_of_the_run_is_refused()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme);
        var digest = host.Artifacts.Put([1, 2, 3]);
        host.Rows.Manifests.Add(Sample.Manifest(job, new ManifestOutput("reports/a b.bin", "file", "ref", 3, "sha256:" + digest)));
        var client = new JobForgeClient(host.Root, host.Key(ApiKeyRole.App));
        var artifact = (await client.ListArtifactsAsync(job.Id)).ShouldHaveSingleItem();
        using var good = new MemoryStream();
        using var bad = new MemoryStream();

        await client.DownloadArtifactAsync(job.Id, artifact, good);
        host.Artifacts.Corrupt(digest, [1, 2, 4]);

        good.ToArray().ShouldBe([1, 2, 3]);
        await Should.ThrowAsync<InvalidDataException>(client.DownloadArtifactAsync(job.Id, artifact, bad));
    }

    /// <summary>Moves the clock step by step, each time once the code under test waits again, until the call has ended.</summary>
    private static async Task RunAsync(FakeTimeProvider clock, Task call, TimeSpan step)
    {
        while (await Task.WhenAny(call, clock.WhenArmedAsync(1)) != call)
        {
            clock.Advance(step);
        }
    }

    private static Func<HttpResponseMessage> Ok<T>(T value) => () => new(HttpStatusCode.OK)
    {
        Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(value, ContractJson.Options), Encoding.UTF8, "application/json"),
    };

    private static Func<HttpResponseMessage> Busy(string seconds) => () => new(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", seconds } } };

    private static Func<HttpResponseMessage> Away() => () => throw new HttpRequestException("connection refused");

    private static Func<HttpResponseMessage> Problem(HttpStatusCode status, ErrorCode code, string message) => () => new(status)
    {
        Content = new StringContent(
            $$"""{"type":"t","title":"t","status":{{(int)status}},"detail":"{{message}}","code":"{{code.Word()}}","message":"{{message}}","correlationId":"corr-1","details":[],"timestamp":"2026-02-02T10:00:00Z"}""",
            Encoding.UTF8, "application/problem+json"),
    };

    /// <summary>A server that answers by script, and notes each call's idempotency key.</summary>
    private sealed class Script(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public const string Key = "jf_0123456789abcdef_abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq";

        private TimeProvider _clock = TimeProvider.System;

        public List<string?> Keys { get; } = [];

        public List<DateTimeOffset> CalledAt { get; } = [];

        public JobForgeClient Client(TimeProvider time)
        {
            _clock = time;
            return new(new Uri("http://gateway.test"), Key, new HttpClient(this), time);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            CalledAt.Add(_clock.GetUtcNow());
            Keys.Add(request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null);
            return Task.FromResult(answers[Keys.Count - 1]());
        }
    }
}
