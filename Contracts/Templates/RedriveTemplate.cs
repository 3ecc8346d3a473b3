using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Templates;

/// <summary>The template of re-drives: the system's own, on from the first start, and not one of the contract's.</summary>
public static class RedriveTemplate
{
    public static JobTemplate Row { get; } = new()
    {
        TemplateKey = RedriveRequest.TemplateKey,
        Name = "Re-drive dead letters",
        Description = "Runs failed jobs that match a filter again, each once, at a pace.",
        Category = "core",
        InputSchema = JsonElement.Parse(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "required": ["filter", "per_second", "max"],
              "properties": {
                "filter": {"type": "object"},
                "per_second": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                "max": {"type": "integer", "minimum": 1, "maximum": 1000000}
              }
            }
            """),
        OutputSchema = JsonElement.Parse(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "required": ["looked_at", "redriven", "skipped", "refused"]
            }
            """),
        DefaultTimeoutMs = 86_400_000,
        Enabled = true,
    };

    public static JobRequest Request(RedriveRequest redrive, string? actorId)
    {
        var filter = redrive.Filter;
        var inputs = new
        {
            Filter = new { filter.TemplateKey, filter.StatusReason, filter.ErrorCode, filter.Attempts, filter.FromTime, filter.ToTime },
            redrive.PerSecond,
            redrive.Max,
        };
        return new JobRequest
        {
            TenantId = filter.TenantId,
            TemplateKey = RedriveRequest.TemplateKey,
            Inputs = JsonSerializer.SerializeToElement(inputs, ContractJson.Options),
            ActorId = actorId,
        };
    }
}
