using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Contracts.Tests.Jobs;

public sealed class JobRequestReaderTests
{
    [Fact]
    public void The_token_is_lifted_out_of_the_inputs_wherever_it_stands()
    {
        foreach (var member in new[] { "approval_token", "policy_token" })
        {
            var request = Read($$"""{"tenant_id":"t","template_key":"autopilot.ops.apply","inputs":{"changeset_id":"c","{{member}}":"SECRET"} }""").Value.ShouldNotBeNull();
            request.PolicyToken.ShouldBe("SECRET");
            request.Inputs.GetRawText().ShouldBe("""{"changeset_id":"c"}""");
            request.ToString().ShouldNotContain("SECRET");
        }
    }

    [Fact]
    public void The_top_level_token_wins_and_none_stays_behind()
    {
        var request = Read("""{"tenant_id":"t","template_key":"k","policy_token":"A","inputs":{"approval_token":"B","policy_token":null}}""").Value!;
        request.PolicyToken.ShouldBe("A");
        request.Inputs.GetRawText().ShouldBe("{}");
    }

    [Theory]
    [InlineData("""{"policy_token":7}""", "policy_token")]
    [InlineData("""{"inputs":{"approval_token":{"text":"x"}}}""", "inputs.approval_token")]
    [InlineData("""{"policy_token":"ok","inputs":{"policy_token":["x"]}}""", "inputs.policy_token")]
    public void A_token_that_is_no_text_is_an_error(string body, string field) =>
        Read(body, "t").Refusal!.Details.ShouldContain(detail => detail.Field == field && detail.Code == "invalid_type");

    [Theory]
    [InlineData("""{"start_timeout_ms":0}""", "start_timeout_ms")]
    [InlineData("""{"total_timeout_ms":2073600001}""", "total_timeout_ms")]
    [InlineData("""{"limit":"printer"}""", "limit")]
    [InlineData("""{"limit":{}}""", "limit.key")]
    [InlineData("""{"limit":{"key":"a b"}}""", "limit.key")]
    [InlineData("""{"limit":{"key":"k","max_running":0}}""", "limit.max_running")]
    [InlineData("""{"limit":{"key":"k","starts_per_minute":1.5}}""", "limit.starts_per_minute")]
    public void A_bad_timeout_or_limit_is_named(string body, string field) =>
        Read(body, "t").Refusal!.Details.ShouldContain(detail => detail.Field == field);

    [Fact]
    public void A_limit_runs_one_at_a_time_unless_it_says_otherwise_and_nobody_sets_a_depth()
    {
        var request = Read("""{"template_key":"k","limit":{"key":"printer"},"depth":9}""", "t").Value!;

        (request.Limit, request.Depth).ShouldBe((new JobLimit("printer", 1, null), 0));
    }

    [Fact]
    public void Older_clients_name_the_template_job_type()
    {
        Read("""{"job_type":"autopilot.ops.scan"}""", "t").Value!.TemplateKey.ShouldBe("autopilot.ops.scan");
        Read("""{"job_type":"a","template_key":"b"}""", "t").Refusal!.Details.ShouldHaveSingleItem().Code.ShouldBe("conflict");
        Read("{}", "t").Refusal!.Details.ShouldHaveSingleItem().ShouldBe(new("template_key", "Is required", "required"));
    }

    [Fact]
    public void The_idempotency_key_comes_from_body_or_header_and_they_must_agree()
    {
        Read("""{"template_key":"k"}""", "t", "key-1").Value!.IdempotencyKey.ShouldBe("key-1");
        Read("""{"template_key":"k","idempotency_key":"key-1"}""", "t", "key-1").Value!.IdempotencyKey.ShouldBe("key-1");
        Read("""{"template_key":"k","idempotency_key":"key-1"}""", "t", "key-2").Refusal!.Details.ShouldHaveSingleItem().Code.ShouldBe("conflict");
        Read("""{"template_key":"k"}""", "t", "no spaces").Refusal!.Details.ShouldHaveSingleItem().Field.ShouldBe("idempotency_key");
    }

    [Theory]
    [InlineData("priority", "-10", "-11")]
    [InlineData("priority", "10", "1.5")]
    [InlineData("max_attempts", "1", "0")]
    [InlineData("max_attempts", "10.0", "11")]
    [InlineData("timeout_ms", "86400000", "86400001")]
    [InlineData("timeout_ms", "1", "\"1\"")]
    [InlineData("trace_id", "\"any text at all\"", "\"\"")]
    [InlineData("dry_run", "true", "1")]
    [InlineData("run_at", "\"2026-02-02T10:00:00+01:00\"", "\"tomorrow\"")]
    [InlineData("parent_run_id", "\"018f3c5e-0000-7000-8000-000000000001\"", "\"run-1\"")]
    [InlineData("project_id", "\"p:1\"", "\"a/b\"")]
    [InlineData("inputs", "{}", "[]")]
    public void A_field_takes_its_range_and_no_more(string field, string good, string bad)
    {
        Read($$"""{"template_key":"k","{{field}}":{{good}}}""", "t").IsRefused.ShouldBeFalse();
        Read($$"""{"template_key":"k","{{field}}":{{bad}}}""", "t").Refusal!.Details.ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    private static Outcome<JobRequest> Read(string body, string? tenant = null, string? header = null) =>
        JobRequestReader.Read(JsonElement.Parse(body), tenant is null ? null : new TenantId(tenant), header);
}
