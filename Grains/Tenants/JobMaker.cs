using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;
using JobForge.Grains.Jobs;

namespace JobForge.Grains.Tenants;

/// <summary>Turns an accepted request into the row that admission writes.</summary>
public sealed class JobMaker(IdSource ids, RandomSource random, TimeProvider time)
{
    /// <summary>A request without a trace id gets one here, so that refusals and dry runs carry it too.</summary>
    public JobRequest Trace(JobRequest request) => request.TraceId is null ? request with { TraceId = TraceIds.Generate(time, random) } : request;

    /// <param name="tokenId">Id of the policy token that the job burns; null for none.</param>
    /// <param name="fairTag">Its place in the fair order, see <see cref="FairTags"/>.</param>
    public StoredJob Make(AdmissionCase @case, JobTemplate template, string? tokenId, double fairTag, JobId? retryOf)
    {
        var (_, tenant, request, digest, now) = @case;
        var delayed = request.RunAt > now;
        var runAt = delayed ? request.RunAt!.Value : now;
        var gate = GateOf(@case);
        var hold = delayed ? null : HoldOf(@case, gate);
        var (expires, deadline) = RunRules.Times(request.StartTimeoutMs, request.TotalTimeoutMs, 0, runAt);
        return new StoredJob
        {
            Row = new JobRow
            {
                Id = new JobId(ids.Next()),
                TenantId = tenant,
                ProjectId = request.ProjectId,
                TemplateKey = template.TemplateKey,
                TemplateVersion = template.Version,
                Inputs = request.Inputs,
                InputsDigest = digest,
                Status = JobStatus.Queued,
                StatusReason = delayed ? StatusReasons.Scheduled : hold?.Reason() ?? StatusReasons.Admitted,
                MaxAttempts = request.MaxAttempts ?? template.DefaultMaxAttempts,
                TimeoutMs = request.TimeoutMs ?? template.DefaultTimeoutMs,
                Priority = request.Priority,
                StartTimeoutMs = request.StartTimeoutMs,
                TotalTimeoutMs = request.TotalTimeoutMs,
                Limit = request.Limit,
                Depth = request.Depth,
                RunAt = runAt,
                TraceId = request.TraceId!,
                ActorId = request.ActorId,
                IdempotencyKey = request.IdempotencyKey,
                ParentRunId = request.ParentRunId,
                RetryOf = retryOf,
                PolicyTokenId = tokenId,
                CreatedAt = now,
                UpdatedAt = now,
            },
            FairTag = fairTag,
            WaitUntil = delayed ? request.RunAt : null,
            ExpiresAt = expires,
            DeadlineAt = deadline,
            Hold = hold,
            GateKey = gate,
        };
    }

    /// <summary>The gate that the job passes before each attempt: its own limit's, or its tenant's, or none.</summary>
    private static string? GateOf(AdmissionCase @case) =>
        @case.Request.Limit?.Key ?? (@case.Registry.Tenant(@case.Tenant)?.Limits.Any == true ? "" : null);

    private static JobHold? HoldOf(AdmissionCase @case, string? gate) =>
        @case.Registry.PauseOf(@case.Tenant, @case.Request.TemplateKey) is not null ? JobHold.Paused
        : gate is not null ? JobHold.Limit
        : null;
}
