using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Tests.Events;

public sealed class EventEnvelopeReaderTests
{
    [Fact]
    public void The_contracts_sample_is_accepted_with_its_defaults()
    {
        var envelope = Read("""
            {"tenant_id":"tenant-123","event_type":"infrastructure.alert","trace_id":"trace-456","source_app":"settler","source_module":"ops",
             "payload":{"severity":"warning","service":"api-gateway"},"contains_pii":false}
            """).Value.ShouldNotBeNull();
        envelope.TenantId.ShouldBe(new TenantId("tenant-123"));
        envelope.EventVersion.ShouldBe("1.0");
        envelope.OccurredAt.ShouldBeNull();
        envelope.Payload.GetProperty("severity").GetString().ShouldBe("warning");
    }

    [Fact]
    public void Null_counts_as_absent_and_unknown_members_are_ignored()
    {
        var envelope = Read("""
            {"tenant_id":null,"event_type":"a","trace_id":"t","source_app":"keys","source_module":null,"subject":null,"payload":null,
             "redaction_hints":{"redact_fields":null,"retention_days":30},"colour":"red"}
            """, new TenantId("mine")).Value.ShouldNotBeNull();
        envelope.TenantId.Value.ShouldBe("mine");
        envelope.Payload.ValueKind.ShouldBe(JsonValueKind.Object);
        envelope.RedactionHints.ShouldBe(new RedactionHints { RetentionDays = 30 });
    }

    [Fact]
    public void Every_bad_field_is_named_once_with_its_path_and_code()
    {
        var refusal = Read("""
            {"tenant_id":"a b","event_version":"2.0","occurred_at":"2026-02-30T00:00:00Z","trace_id":"  ","source_app":"myapp","actor_id":7,
             "subject":{"type":"contract"},"payload":[],"contains_pii":"no",
             "redaction_hints":{"redact_fields":["a",""],"encrypt_fields":"x","retention_days":0}}
            """).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(ErrorCode.ValidationError);
        refusal.Details.ToDictionary(detail => detail.Field, detail => detail.Code, StringComparer.Ordinal).ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["event_version"] = "unknown_value",
            ["event_type"] = "required",
            ["occurred_at"] = "invalid_format",
            ["trace_id"] = "too_short",
            ["actor_id"] = "invalid_type",
            ["tenant_id"] = "invalid_format",
            ["source_app"] = "unknown_value",
            ["subject.id"] = "required",
            ["payload"] = "invalid_type",
            ["contains_pii"] = "invalid_type",
            ["redaction_hints.redact_fields.1"] = "invalid_format",
            ["redaction_hints.encrypt_fields"] = "invalid_type",
            ["redaction_hints.retention_days"] = "out_of_range",
        }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void A_body_that_is_no_object_gives_one_error(string body) =>
        Read(body).Refusal!.Details.ShouldHaveSingleItem().ShouldBe(new("", "Must be a JSON object", "invalid_type"));

    [Fact]
    public void A_payload_over_the_limits_gives_only_that_error() =>
        Read("""{"payload":{"a":[[[[[[[[[1]]]]]]]]]}}""").Refusal!.Details.ShouldHaveSingleItem().Code.ShouldBe("too_deep");

    [Fact]
    public void A_tenant_in_uuid_form_is_one_tenant_in_either_case() =>
        Read("""{"tenant_id":"6F9619FF-8B86-D011-B42D-00CF4FC964FF","event_type":"a","trace_id":"t","source_app":"keys"}""")
            .Value!.TenantId.ShouldBe(new TenantId("6f9619ff-8b86-d011-b42d-00cf4fc964ff"));

    private static Outcome<EventEnvelope> Read(string body, TenantId? tenant = null) => EventEnvelopeReader.Read(JsonElement.Parse(body), tenant);
}
