using System.Text.Json;
using System.Text.Json.Serialization;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;

namespace JobForge.Silo.Execution;

/// <summary>What a run did before it began to wait for its children; kept in the job's row meanwhile.</summary>
/// <param name="Lines">Log lines so far, so that the numbers of further ones go on from there.</param>
/// <param name="State">The handler's own.</param>
public sealed record RunPast(int Lines, IReadOnlyList<ManifestOutput> Outputs, IReadOnlyDictionary<string, double> Metrics, JsonElement? State)
{
    /// <summary>How often the run has begun to wait. It tells one wait from the next, which may well hand over the same state.</summary>
    public int Waits { get; init; }

    /// <summary>A run that has not waited.</summary>
    public static RunPast None { get; } = new(0, [], new Dictionary<string, double>(StringComparer.Ordinal), null);

    /// <summary>As they stand now; not part of what is kept.</summary>
    [JsonIgnore]
    public IReadOnlyList<ChildRun> Children { get; init; } = [];

    public static JsonElement Write(RunPast past) => JsonSerializer.SerializeToElement(past, ContractJson.Options);

    public static RunPast Read(JsonElement kept) => kept.Deserialize<RunPast>(ContractJson.Options) ?? None;
}
