using System.Text.Json;

namespace JobForge.Contracts.Templates;

/// <summary>A row of the template registry (contract, section C). Disabled until an operator enables it.</summary>
public sealed record JobTemplate
{
    public required string TemplateKey { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>ops, support, growth, finops or core.</summary>
    public required string Category { get; init; }

    public string Version { get; init; } = "1.0.0";

    /// <summary>JSON Schema 2020-12 of the inputs.</summary>
    public required JsonElement InputSchema { get; init; }

    /// <summary>JSON Schema 2020-12 of the result.</summary>
    public required JsonElement OutputSchema { get; init; }

    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    public IReadOnlyList<string> RequiredConnectors { get; init; } = [];

    /// <summary>low, medium or high.</summary>
    public string EstimatedCostTier { get; init; } = "low";

    public int DefaultMaxAttempts { get; init; } = 3;

    public int DefaultTimeoutMs { get; init; } = 300_000;

    /// <summary>True: changes something in the world, so a policy token guards it.</summary>
    public bool IsActionJob { get; init; }

    public bool Enabled { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The autopilot flag governs templates with this prefix only.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsAutopilot => TemplateKey.StartsWith("autopilot.", StringComparison.Ordinal);
}
