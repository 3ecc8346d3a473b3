using System.Text.Json;
using System.Text.Json.Serialization;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Manifests;

/// <summary>What a run took, made, cost and ran on (contract, section B). Sealed with the terminal status; pending while the run is open.</summary>
public sealed record ArtifactManifest
{
    private static readonly IReadOnlyDictionary<string, double> NoMetrics = new Dictionary<string, double>(StringComparer.Ordinal);
    private static readonly IReadOnlyDictionary<string, string> NoTexts = new Dictionary<string, string>(StringComparer.Ordinal);
    private static readonly ToolVersions NoTools = new();

    public string ManifestVersion { get; init; } = "1.0";

    public required JobId RunId { get; init; }

    public required TenantId TenantId { get; init; }

    public string? ProjectId { get; init; }

    public required string JobType { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? InputsSnapshotRef { get; init; }

    public string? LogsRef { get; init; }

    public IReadOnlyList<ManifestOutput> Outputs { get; init; } = [];

    /// <summary>duration_ms, cpu_ms, memory_mb, cost_estimate and what a handler adds. Zero is a value.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = NoMetrics;

    public IReadOnlyDictionary<string, string> EnvFingerprint { get; init; } = NoTexts;

    public ToolVersions ToolVersions { get; init; } = NoTools;

    public required ManifestStatus Status { get; init; }

    public JsonElement? Error { get; init; }

    public int? Attempt { get; init; }

    public string? TemplateVersion { get; init; }

    public string? InputsDigest { get; init; }

    public string? TraceId { get; init; }

    public string? TriggerId { get; init; }

    public EventId? EventId { get; init; }

    public string? PolicyTokenId { get; init; }
}

public enum ManifestStatus
{
    /// <summary>The run is open. JobGrain takes it out when it seals the manifest.</summary>
    Pending,

    /// <summary>Final.</summary>
    Complete,

    /// <summary>Final.</summary>
    Failed,
}

/// <param name="Type">What it is, e.g. <c>json</c>, <c>markdown</c>, <c>report</c>.</param>
/// <param name="Ref">Where to fetch it, a path of the gateway.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Checksum"><c>sha256:</c> and 64 hex digits.</param>
public sealed record ManifestOutput(string Name, string Type, string Ref, long? Size = null, string? Checksum = null, string? MimeType = null);

public sealed record ToolVersions
{
    [JsonPropertyName("jobforge")]
    public string? JobForge { get; init; }

    public IReadOnlyDictionary<string, string>? Connectors { get; init; }
}
