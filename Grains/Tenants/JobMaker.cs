using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;

namespace JobForge.Grains.Tenants;

/// <summary>Turns an accepted request into the row that admission writes.</summary>
public sealed class JobMaker(IdSource ids, RandomSource random, TimeProvider time)
{
    /// <summary>A request without a trace id gets one here, so that refusals and dry runs carry it too.</summary>
    public JobRequest Trace(JobRequest request) => request.TraceId is null ? request with { TraceId = TraceIds.Generate(time, random) } : request;

    /// <param name="tokenId">Id of the policy token that the job burns; null for none.</param>
    /// <param name="fairTag">Its place in the fair order, see <see cref="FairTags"/>.</param>
    /// <param name="owner">The epoch that keeps it in memory; null: it waits in the store.</param>
    public StoredJob Make(AdmissionCase @case, JobTemplate template, string? tokenId, double fairTag, long? owner, JobId? retryOf)
    {
        var (_, tenant, request, digest, now) = @case;
        var delayed = request.RunAt > now;
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
                StatusReason = delayed ? StatusReasons.Scheduled : StatusReasons.Admitted,
                MaxAttempts = request.MaxAttempts ?? template.DefaultMaxAttempts,
                TimeoutMs = request.TimeoutMs ?? template.DefaultTimeoutMs,
                Priority = request.Priority,
                RunAt = delayed ? request.RunAt!.Value : now,
                TraceId = request.TraceId!,
                ActorId = request.ActorId,
                IdempotencyKey = request.IdempotencyKey,
                ParentRunId = request.ParentRunId,
                RetryOf = retryOf,
                PolicyTokenId = tokenId,
                CreatedAt = now,
                UpdatedAt = now,
            },
            OwnerEpoch = owner,
            FairTag = fairTag,
            WaitUntil = delayed ? request.RunAt : null,
        };
    }
}
