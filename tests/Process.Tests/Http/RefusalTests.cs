using System.Net;
using System.Text;

namespace JobForge.Process.Tests.Http;

/// <summary>What no caller should send, sent to the whole installation.</summary>
public sealed class RefusalTests(Installation installation) : IClassFixture<Installation>
{
    private static readonly string[] Doors =
    [
        "POST /v1/events", "POST /v1/jobs", "POST /v1/jobs:batch", "POST /v1/policy-tokens", "POST /v1/policy-tokens:validate", "POST /v1/policy-tokens:revoke",
        "POST /v1/tenants", "POST /v1/api-keys", "PATCH /v1/flags", "PATCH /v1/templates/keys.usage.aggregate",
    ];

    public static TheoryData<string> Malformed { get; } =
    [
        "{", "}", "nul", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "[1,2", "\"text", "{\"a\":NaN}", "{\"a\":\"\u0001\"}", "{\"a\":1} {\"b\":2}", "// no\n{}",
        "\"text\"", "42", "true", "null", "[null]", "[[]]", "[\"x\",12,null]",
        """{"tenant_id":{}}""", """{"tenant_id":["tenant-123"]}""", """{"tenant_id":"no spaces here"}""", """{"tenant_id":12}""",
        """{"event_type":"\ud800","trace_id":"t","source_app":"settler","template_key":"\ud800","tenant_id":"\ud800"}""",
        """{"\ud800":1}""", """{"tenant_id":"\udc00\ud800"}""", """[{"tenant_id":"\ud800"}]""", """{"jobs":[{"tenant_id":"\ud800"}],"template_key":"a.b"}""",
        """{"event_type":[],"trace_id":{},"source_app":1,"template_key":1e999,"inputs":"x","payload":[],"enabled":"yes","events_enabled":"yes","role":0,"token":1,"token_id":{},"action":[],"scopes":7,"default_timeout_ms":1e400}""",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_body_is_refused_at_every_door_as_the_callers_fault(string body)
    {
        foreach (var door in Doors)
        {
            var answer = await SendAsync(door, Encoding.UTF8.GetBytes(body));

            if (answer.Status == HttpStatusCode.MultiStatus)
            {
                // A list whose items are each wrong is answered item by item.
                answer.Items.EnumerateArray().ShouldAllBe(item => item.GetProperty("error").GetProperty("code").GetString() == "VALIDATION_ERROR");
                continue;
            }

            answer.Status.ShouldBeOneOf([HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity], $"{door}: {answer.Text}");
            answer.ShouldBeRefused(answer.Status == HttpStatusCode.BadRequest ? "BAD_REQUEST" : "VALIDATION_ERROR");
        }
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("7B2261223A22C328227D")]
    [InlineData("7B2261223A22EDA080227D")]
    [InlineData("7B2274656E616E745F6964223A22C328227D")]
    [InlineData("00")]
    public async Task Bytes_that_are_no_UTF8_text_are_refused_at_every_door(string hex)
    {
        foreach (var door in Doors)
        {
            var answer = await SendAsync(door, Convert.FromHexString(hex));

            answer.Status.ShouldBeOneOf([HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity], $"{door}: {answer.Text}");
        }
    }

    [Fact]
    public async Task Depth_and_size_are_bounded()
    {
        var deep = $$"""{"event_type":"a.b","trace_id":"t","source_app":"settler","payload":{{string.Concat(Enumerable.Repeat("{\"a\":", 200))}}1{{new string('}', 201)}}""";
        var veryDeep = new string('[', 100_000);
        var exact = EventOf(1024 * 1024);

        (await SendAsync(Doors[0], Encoding.UTF8.GetBytes(deep))).Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
        (await SendAsync(Doors[0], Encoding.UTF8.GetBytes(veryDeep))).ShouldBeRefused("BAD_REQUEST");
        (await SendAsync(Doors[0], exact)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync("POST /v1/jobs:batch", Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{}", 1001))}]"))).ShouldBeRefused("VALIDATION_ERROR");
    }

    [Theory]
    [InlineData((1024 * 1024) + 1)]
    [InlineData(4 * 1024 * 1024)]
    public async Task A_body_that_is_too_large_is_answered_and_leaves_the_connection_usable(int length)
    {
        for (var round = 0; round < 5; round++)
        {
            var refused = await SendAsync(Doors[0], EventOf(length));

            refused.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            refused.ShouldBeRefused("BAD_REQUEST");
            (await SendAsync(Doors[0], "{}"u8.ToArray())).ShouldBeRefused("VALIDATION_ERROR");
        }
    }

    [Theory]
    [InlineData("x-correlation-id")]
    [InlineData("x-request-id")]
    [InlineData("x-trace-id")]
    public async Task A_refusal_names_the_callers_correlation_id_and_so_does_its_audit_row(string header)
    {
        var id = "corr-" + header;
        var refused = await installation.App.CallAsync("POST", "/v1/jobs", """{"template_key":"autopilot.ops.apply","inputs":{"changeset_id":"c"}}""", (header, id));
        var audit = await installation.Admin.ReadAsync("/v1/audit?allowed=false&action=policy_check");

        refused.ShouldBeRefused("POLICY_DENIED", "Policy token required for action jobs");
        refused["correlationId"].GetString().ShouldBe(id);
        audit.Items.EnumerateArray().Single(entry => entry.Word("correlation_id") == id).Word("code").ShouldBe("POLICY_DENIED");
    }

    [Fact]
    public async Task Wrong_keys_paths_methods_and_media_types_are_problems_too()
    {
        (await installation.Anonymous.ReadAsync("/v1/jobs")).ShouldBeRefused("UNAUTHORIZED");
        (await installation.Client("jf_0123456789abcdef_" + new string('x', 43)).ReadAsync("/v1/jobs")).ShouldBeRefused("UNAUTHORIZED");
        (await installation.App.ReadAsync("/v1/nothing")).ShouldBeRefused("NOT_FOUND");
        (await installation.App.CallAsync("PUT", "/v1/jobs")).ShouldBeRefused("BAD_REQUEST");
        (await installation.App.ReadAsync("/v1/jobs/not-a-uuid")).ShouldBeRefused("NOT_FOUND");
        (await installation.App.ReadAsync("/v1/jobs?status=lost")).ShouldBeRefused("VALIDATION_ERROR");
        (await installation.App.ReadAsync("/v1/jobs?limit=1001")).ShouldBeRefused("VALIDATION_ERROR");
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var response = await installation.App.PostAsync(new Uri("/v1/jobs", UriKind.Relative), text);
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("%FF%00")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("0")]
    [InlineData("-1.5")]
    public async Task A_cursor_that_no_page_gave_is_the_callers_fault(string cursor)
    {
        foreach (var list in (string[])["/v1/events", "/v1/jobs", "/v1/audit"])
        {
            var answer = await installation.Admin.ReadAsync($"{list}?cursor={cursor}");

            answer.ShouldBeRefused("VALIDATION_ERROR");
            answer["details"][0].Word("field").ShouldBe("cursor");
        }
    }

    private Task<Answer> SendAsync(string door, byte[] body)
    {
        var (method, path) = (door.Split(' ')[0], door.Split(' ')[1]);
        var client = path == "/v1/tenants" ? installation.Operator : installation.Admin;
        return client.CallAsync(method, path, body);
    }

    /// <summary>An event whose body is exactly this long; many strings, since one alone is bounded more narrowly.</summary>
    private static byte[] EventOf(int length)
    {
        const string Head = """{"event_type":"a.b","trace_id":"t","source_app":"settler","payload":{"a":[""";
        var text = new StringBuilder(Head);
        while (text.Length + 3 < length - 50_000)
        {
            text.Append('"').Append('x', 40_000).Append("\",");
        }

        var rest = length - text.Length - "\"\"]}}".Length;
        return Encoding.UTF8.GetBytes(text.Append('"').Append('x', rest).Append("\"]}}").ToString());
    }
}
