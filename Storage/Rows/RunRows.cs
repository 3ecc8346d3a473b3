using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;

namespace JobForge.Storage.Rows;

/// <summary>What the read model derives from a job's rows.</summary>
internal static class RunRows
{
    /// <summary>An open run's manifest: what is known before there is an outcome.</summary>
    public static ArtifactManifest PendingManifest(JobRow row) => new()
    {
        RunId = row.Id,
        TenantId = row.TenantId,
        ProjectId = row.ProjectId,
        JobType = row.TemplateKey,
        CreatedAt = row.CreatedAt,
        Status = ManifestStatus.Pending,
        Attempt = row.Attempts,
        TemplateVersion = row.TemplateVersion,
        InputsDigest = row.InputsDigest,
        TraceId = row.TraceId,
        TriggerId = row.TriggerId,
        EventId = row.EventId,
        PolicyTokenId = row.PolicyTokenId,
    };

    /// <summary>The written attempts, and the last one as the job's own row tells it.</summary>
    public static IReadOnlyList<AttemptRow> Attempts(JobRow row, List<AttemptRow> written, string? lastWorker)
    {
        // A queued job's last attempt is written already; so is that of a job which was canceled between two attempts.
        var isWritten = written.Count > 0 && written[^1].StartedAt == row.StartedAt;
        if (row.Status != JobStatus.Queued && row.Attempts > 0 && row.StartedAt is { } startedAt && !isWritten)
        {
            written.Add(new AttemptRow(row.Id, row.Attempts, lastWorker, startedAt, row.FinishedAt, Outcome(row), row.Error));
        }

        return written;
    }

    private static string Outcome(JobRow row) =>
        row is { Status: JobStatus.Failed, StatusReason: StatusReasons.TimedOut or StatusReasons.LeaseLost } ? row.StatusReason : row.Status.Word();
}
