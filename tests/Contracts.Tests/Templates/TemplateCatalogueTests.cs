using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Schemas;
using JobForge.Contracts.Templates;

namespace JobForge.Contracts.Tests.Templates;

public sealed class TemplateCatalogueTests
{
    private static readonly Dictionary<string, JobTemplate> Templates = TemplateCatalogue.All.ToDictionary(template => template.TemplateKey, StringComparer.Ordinal);

    [Fact]
    public void The_catalogue_is_that_of_the_contract()
    {
        string.Join('\n', TemplateCatalogue.All.Select(row =>
            $"{row.TemplateKey} {row.Category} {string.Join(',', row.RequiredScopes)} {row.EstimatedCostTier}{(row.IsActionJob ? " action" : "")}")).ShouldBe("""
            aias.knowledge.index core aias:read medium
            autopilot.finops.anomaly_scan finops finops:read low
            autopilot.finops.churn_risk_report finops finops:read medium
            autopilot.finops.reconcile finops finops:read medium
            autopilot.growth.content_draft growth growth:read medium
            autopilot.growth.experiment_propose growth growth:read low
            autopilot.growth.seo_scan growth growth:read low
            autopilot.ops.apply ops ops:write high action
            autopilot.ops.diagnose ops ops:read medium
            autopilot.ops.recommend ops ops:read low
            autopilot.ops.scan ops ops:read low
            autopilot.support.draft_reply support support:read low
            autopilot.support.propose_kb_patch support support:read low
            autopilot.support.triage support support:read low
            keys.usage.aggregate core keys:read low
            readylayer.asset.optimize core readylayer:read medium
            settler.contract.process core settler:read medium
            """.ReplaceLineEndings("\n"));
        TemplateCatalogue.All.ShouldAllBe(row => !row.Enabled && row.Version == "1.0.0" && row.DefaultMaxAttempts == 3 && row.DefaultTimeoutMs == 300_000);
    }

    [Fact]
    public void Every_schema_compiles()
    {
        foreach (var template in TemplateCatalogue.All)
        {
            JsonSchema.Compile(template.InputSchema).Refusal.ShouldBeNull(template.TemplateKey);
            JsonSchema.Compile(template.OutputSchema).Refusal.ShouldBeNull(template.TemplateKey);
        }
    }

    // The inputs of the two documents of the contract, and what handlers take beside them.
    [Theory]
    [InlineData("autopilot.ops.scan", """{"target":"production","scan_type":"security"}""")]
    [InlineData("autopilot.ops.scan", """{"target":"production"}""")]
    [InlineData("autopilot.ops.scan", """{"target":"production","scan_type":"performance","checks":["ssl","cdn","cache"]}""")]
    [InlineData("autopilot.ops.scan", """{"targets":["https://example.com/"],"tenant_id":"ignored"}""")]
    [InlineData("autopilot.ops.apply", """{"changeset_id":"change-123"}""")]
    [InlineData("autopilot.ops.apply", """{"changeset_id":"c","dry_run":true,"operations":[{"op":"enable_template","template_key":"k"},{"op":"set_flag","flag":"events_enabled","value":false}]}""")]
    [InlineData("autopilot.ops.diagnose", "{}")]
    [InlineData("autopilot.finops.anomaly_scan", """{"time_range":"1d"}""")]
    [InlineData("autopilot.growth.content_draft", """{"topic":"queues","format":"blog","tone":"professional","target_audience":"technical"}""")]
    [InlineData("autopilot.growth.seo_scan", """{"url":"https://example.com","depth":0}""")]
    [InlineData("autopilot.growth.seo_scan", """{"target_url":"example.com","max_pages":1000,"focus_areas":["technical"]}""")]
    [InlineData("autopilot.support.triage", """{"ticket_id":"t-1","content":"It is broken"}""")]
    [InlineData("settler.contract.process", """{"contract_id":"c-1","analysis_type":"full"}""")]
    [InlineData("aias.knowledge.index", """{"document_ids":["d-1"],"index_type":"vector"}""")]
    [InlineData("keys.usage.aggregate", """{"period":"24h","granularity":"hourly"}""")]
    [InlineData("keys.usage.aggregate", """{"period":"2026-02"}""")]
    [InlineData("keys.usage.aggregate", """{"start_date":"2026-02-01","end_date":"2026-02-03T00:00:00Z","granularity":"week","key_ids":["k"]}""")]
    [InlineData("readylayer.asset.optimize", """{"asset_id":"a-1","formats":["webp","avif"],"sizes":[640,1280,1920]}""")]
    public void Inputs_of_the_contract_are_taken(string key, string inputs) => Errors(key, inputs).ShouldBeEmpty();

    [Theory]
    [InlineData("autopilot.ops.scan", "{}", "")]
    [InlineData("autopilot.ops.scan", """{"target":"production","scan_type":"everything"}""", "scan_type")]
    [InlineData("autopilot.ops.apply", "{}", "changeset_id")]
    [InlineData("autopilot.ops.apply", """{"changeset_id":"c","operations":[]}""", "operations")]
    [InlineData("autopilot.ops.apply", """{"changeset_id":"c","operations":[{"op":"drop_database"}]}""", "operations.0.op operations.0.template_key")]
    [InlineData("autopilot.ops.apply", """{"changeset_id":"c","operations":[{"op":"set_flag","flag":"f"}]}""", "operations.0.value")]
    [InlineData("autopilot.growth.seo_scan", """{"depth":1}""", "")]
    [InlineData("autopilot.growth.seo_scan", """{"url":"https://example.com","depth":6,"max_pages":0}""", "depth max_pages")]
    [InlineData("keys.usage.aggregate", """{"granularity":"hour"}""", "")]
    [InlineData("keys.usage.aggregate", """{"period":"soon","granularity":"minute"}""", "granularity period")]
    [InlineData("aias.knowledge.index", """{"document_ids":[]}""", "document_ids")]
    [InlineData("readylayer.asset.optimize", """{"asset_id":"a","quality":101}""", "quality")]
    public void Inputs_that_no_handler_could_use_are_refused_at_their_place(string key, string inputs, string fields) =>
        string.Join(' ', Errors(key, inputs).Select(error => error.Field).Order(StringComparer.Ordinal)).ShouldBe(fields);

    private static IReadOnlyList<FieldError> Errors(string key, string inputs) =>
        JsonSchema.Compile(Templates[key].InputSchema).Value!.Validate(JsonElement.Parse(inputs));
}
