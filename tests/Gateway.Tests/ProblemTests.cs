using System.Net;
using System.Net.Sockets;
using System.Text;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Gateway.Http;
using JobForge.Gateway.Tests.Doubles;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobForge.Gateway.Tests;

public sealed class ProblemTests
{
    private const string Job = """{"template_key":"autopilot.ops.scan"}""";

    /// <summary>The statuses as the contract lists them.</summary>
    public static TheoryData<ErrorCode, int, string> Codes { get; } = new()
    {
        { ErrorCode.BadRequest, 400, "BAD_REQUEST" }, { ErrorCode.Unauthorized, 401, "UNAUTHORIZED" }, { ErrorCode.Forbidden, 403, "FORBIDDEN" },
        { ErrorCode.NotFound, 404, "NOT_FOUND" }, { ErrorCode.Conflict, 409, "CONFLICT" }, { ErrorCode.ValidationError, 422, "VALIDATION_ERROR" },
        { ErrorCode.RateLimited, 429, "RATE_LIMITED" }, { ErrorCode.QuotaExceeded, 429, "QUOTA_EXCEEDED" }, { ErrorCode.FeatureDisabled, 403, "FEATURE_DISABLED" },
        { ErrorCode.TemplateDisabled, 403, "TEMPLATE_DISABLED" }, { ErrorCode.PolicyDenied, 403, "POLICY_DENIED" },
        { ErrorCode.InternalError, 500, "INTERNAL_ERROR" }, { ErrorCode.Unavailable, 503, "UNAVAILABLE" },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Each_refusal_is_a_problem_with_its_status_and_members(ErrorCode code, int status, string word)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Refuse = new(code, "why not") { Details = [new("inputs.target", "Is odd", "odd")], RetryAfter = TimeSpan.FromSeconds(6.2) };
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.SendAsync("/v1/jobs", Job, ("x-correlation-id", "corr-7"));

        ((int)answer.Status).ShouldBe(status);
        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("application/problem+json");
        answer.Header("Retry-After").ShouldBe("7");
        var body = answer.Json;
        body.GetProperty("type").GetString().ShouldBe("urn:jobforge:error:" + word.ToLowerInvariant());
        body.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        body.GetProperty("status").GetInt32().ShouldBe(status);
        body.GetProperty("detail").GetString().ShouldBe("why not");
        body.GetProperty("code").GetString().ShouldBe(word);
        body.GetProperty("message").GetString().ShouldBe("why not");
        body.GetProperty("correlationId").GetString().ShouldBe("corr-7");
        body.GetProperty("details")[0].ToString().ShouldBe("""{"field":"inputs.target","message":"Is odd","code":"odd"}""");
        body.GetProperty("timestamp").GetString().ShouldEndWith("Z");
    }

    [Theory]
    [InlineData("POST", "/v1/jobs", "{\"template_key\":", "application/json", 400, "BAD_REQUEST")]
    [InlineData("POST", "/v1/jobs", "a=b", "application/x-www-form-urlencoded", 415, "BAD_REQUEST")]
    [InlineData("PUT", "/v1/jobs", "{}", "application/json", 405, "BAD_REQUEST")]
    [InlineData("GET", "/v1/nothing", null, null, 404, "NOT_FOUND")]
    [InlineData("GET", "/nothing", null, null, 404, "NOT_FOUND")]
    public async Task What_never_reaches_an_endpoint_is_a_problem_too(string method, string path, string? body, string? type, int status, string code)
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, type!);

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();

        ((int)response.StatusCode).ShouldBe(status);
        text.ShouldContain($"\"code\":\"{code}\"");
        response.Headers.Contains("x-correlation-id").ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_more_than_a_mebibyte_is_refused_whether_or_not_it_tells_its_length(bool chunked)
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs");
        request.Content = new StringContent($$"""{"template_key":"{{new string('x', 1024 * 1024)}}"}""", System.Text.Encoding.UTF8, "application/json");
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadAsStringAsync()).ShouldContain("\"code\":\"BAD_REQUEST\"");
        host.Grains.Requested.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_body_that_was_too_large_and_did_not_say_so_the_connection_serves_the_next_call()
    {
        await using var host = await GatewayHost.StartAsync();
        using var caller = new TcpClient();
        await caller.ConnectAsync(host.Root.Host, host.Root.Port);
        var body = new string(' ', 1_200_000);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/jobs HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {host.Key(ApiKeyRole.App)}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{body.Length:x}\r\n{body}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"));

        var answers = await new StreamReader(caller.GetStream()).ReadToEndAsync();

        answers.ShouldStartWith("HTTP/1.1 413");
        answers.ShouldContain("HTTP/1.1 200");
    }

    [Theory]
    [InlineData("ffffffffffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("zz")]
    public async Task A_chunk_whose_length_is_none_is_a_bad_request(string length)
    {
        await using var host = await GatewayHost.StartAsync();
        using var caller = new TcpClient();
        await caller.ConnectAsync(host.Root.Host, host.Root.Port);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/jobs HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {host.Key(ApiKeyRole.App)}\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{length}\r\n{Job}\r\n"));

        var answer = await new StreamReader(caller.GetStream()).ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 400");
        host.LogLines.ShouldNotContain(line => line.Contains("failed and was answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bug_is_an_internal_error_that_tells_nothing_of_itself_but_to_the_log()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Fault = new InvalidOperationException("connection string of the vault");
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.ReadAsync($"/v1/jobs/{Guid.Empty:D}", ("x-correlation-id", "corr-9"));

        answer.Status.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Code.ShouldBe("INTERNAL_ERROR");
        answer.Text.ShouldNotContain("vault");
        host.LogLines.ShouldContain(line => line.Contains("vault", StringComparison.Ordinal) && line.Contains("corr-9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_middle_of_a_body_is_no_fault_of_ours()
    {
        await using var host = await GatewayHost.StartAsync();
        using var caller = new TcpClient();
        await caller.ConnectAsync(host.Root.Host, host.Root.Port);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/jobs HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {host.Key(ApiKeyRole.App)}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"));
        await LoggedAsync(host, "Executing endpoint 'HTTP: POST /v1/jobs");

        caller.Client.Close(0);

        await LoggedAsync(host, "Request finished HTTP/1.1 POST");
        host.LogLines.ShouldNotContain(line => line.Contains("failed and was answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_of_its_answer_is_no_fault_of_ours()
    {
        var http = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        http.Features.Set<IHttpResponseFeature>(new StartedResponse());
        var layer = new ProblemMiddleware(_ => throw new OperationCanceledException(), new IdSource(TimeProvider.System, RandomSource.Secure), NullLogger<ProblemMiddleware>.Instance);

        await Should.NotThrowAsync(() => layer.InvokeAsync(http));
    }

    public static TheoryData<Exception> PassingFaults { get; } =
        [new TimeoutException(), new Storage.StoreUnavailableException("disk of the vault"), new Orleans.Runtime.SiloUnavailableException("vault")];

    [Theory]
    [MemberData(nameof(PassingFaults), DisableDiscoveryEnumeration = true)]
    public async Task A_fault_that_passes_by_itself_is_unavailable_for_a_while(Exception fault)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Fault = fault;
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.ReadAsync($"/v1/jobs/{Guid.Empty:D}");

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Code.ShouldBe("UNAVAILABLE");
        answer.Header("Retry-After").ShouldBe("1");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("from_time=2026-02-30T00:00:00Z", "from_time")]
    [InlineData("processed=maybe", "processed")]
    [InlineData("cursor=not-a-number", "cursor")]
    [InlineData("offset=-1", "offset")]
    public async Task A_malformed_query_parameter_is_named(string query, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.ReadAsync("/v1/events?unknown=1&" + query);

        answer.Code.ShouldBe("VALIDATION_ERROR");
        answer.Json.GetProperty("details").EnumerateArray().ShouldHaveSingleItem().GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task The_correlation_id_is_the_first_valid_one_of_the_three_headers_and_else_made()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client();

        (await IdOf(("x-trace-id", "c"), ("x-request-id", "b"), ("x-correlation-id", "a"))).ShouldBe("a");
        (await IdOf(("x-trace-id", "c"), ("x-request-id", "b"))).ShouldBe("b");
        (await IdOf(("x-trace-id", "c"), ("x-correlation-id", "not valid <script>"))).ShouldBe("c");
        Guid.TryParse(await IdOf(), out _).ShouldBeTrue();

        async Task<string?> IdOf(params (string, string)[] headers) => (await client.ReadAsync("/v1/healthz", headers)).Header("x-correlation-id");
    }

    /// <summary>As a server's: its status cannot be set any more.</summary>
    private sealed class StartedResponse : IHttpResponseFeature
    {
        public int StatusCode
        {
            get => StatusCodes.Status200OK;
            set => throw new InvalidOperationException("The response has already started.");
        }

        public string? ReasonPhrase { get; set; }

        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

        public Stream Body { get; set; } = Stream.Null;

        public bool HasStarted => true;

        public void OnStarting(Func<object, Task> callback, object state)
        {
        }

        public void OnCompleted(Func<object, Task> callback, object state)
        {
        }
    }

    private static async Task LoggedAsync(GatewayHost host, string part)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!host.LogLines.Any(line => line.Contains(part, StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
