using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;

namespace JobForge.Grains.Jobs;

/// <summary>Builds the manifest that is sealed with a run's terminal status.</summary>
public static class RunManifest
{
    private static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["os"] = RuntimeInformation.OSDescription,
        ["arch"] = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
        ["dotnet_version"] = System.Environment.Version.ToString(),
    };

    private static readonly ToolVersions Tools = new()
    {
        JobForge = typeof(RunManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
    };

    /// <param name="row">The row as it will stand in history.</param>
    /// <param name="outputs">What the last attempt wrote.</param>
    /// <param name="metrics">What the handler measured; duration_ms and queue_ms are added here.</param>
    public static ArtifactManifest Seal(JobRow row, IReadOnlyList<ManifestOutput> outputs, IReadOnlyDictionary<string, double> metrics) => new()
    {
        RunId = row.Id,
        TenantId = row.TenantId,
        ProjectId = row.ProjectId,
        JobType = row.TemplateKey,
        CreatedAt = row.FinishedAt ?? row.UpdatedAt,
        InputsSnapshotRef = $"/v1/jobs/{row.Id}",
        LogsRef = $"/v1/runs/{row.Id}/logs",
        Outputs = outputs,
        Metrics = Measure(row, metrics),
        EnvFingerprint = Environment,
        ToolVersions = Tools,
        Status = row.Status == JobStatus.Succeeded ? ManifestStatus.Complete : ManifestStatus.Failed,
        Error = ErrorOf(row),
        Attempt = row.Attempts,
        TemplateVersion = row.TemplateVersion,
        InputsDigest = row.InputsDigest,
        TraceId = row.TraceId,
        TriggerId = row.TriggerId,
        EventId = row.EventId,
        PolicyTokenId = row.PolicyTokenId,
    };

    private static Dictionary<string, double> Measure(JobRow row, IReadOnlyDictionary<string, double> measured)
    {
        var metrics = new Dictionary<string, double>(measured.Count + 2, StringComparer.Ordinal);
        if (row is { StartedAt: { } started, FinishedAt: { } finished })
        {
            metrics["duration_ms"] = Math.Max(0, Math.Round((finished - started).TotalMilliseconds));
            metrics["queue_ms"] = Math.Max(0, Math.Round((started - row.RunAt).TotalMilliseconds));
        }

        foreach (var (name, value) in measured)
        {
            metrics[name] = value;
        }

        return metrics;
    }

    private static JsonElement? ErrorOf(JobRow row) => row switch
    {
        { Error: { } error } => JsonSerializer.SerializeToElement(error, ContractJson.Options),
        { Status: JobStatus.Canceled } => JsonSerializer.SerializeToElement(new JobError("canceled", "The run was canceled."), ContractJson.Options),
        _ => null,
    };
}
