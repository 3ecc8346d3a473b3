using System.Text.Json;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Jobs;

/// <summary>A job that a run requested.</summary>
/// <param name="Name">Its name within the run.</param>
public sealed record ChildRun(JobId Id, string Name, string TemplateKey, JobStatus Status)
{
    /// <summary>Generations of runs that request runs; a job at this depth may request none.</summary>
    public const int DeepestRun = 16;

    /// <summary>Children that one run may have.</summary>
    public const int MostChildren = 1_000;

    public JsonElement? Result { get; init; }

    public JobError? Error { get; init; }

    /// <summary>The idempotency key under which a run requests the child of that name, so that a repeated attempt finds the same job.</summary>
    public static string KeyOf(JobId parent, string name) => $"{KeyPrefix(parent)}{name}";

    /// <summary>What the keys of a run's children begin with; the rest is the child's name.</summary>
    public static string KeyPrefix(JobId parent) => $"child:{parent.Value:N}:";
}
