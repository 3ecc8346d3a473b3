using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using Orleans;
using Orleans.Concurrency;

namespace JobForge.Grains.Interfaces;

/// <summary>Stage 3, job requested. One a tenant: decides by flags, template, schema, policy token and quotas, and admits.</summary>
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>
    /// Admits a job, or says why not. Interleaves: a decision is made in one turn on the registry's snapshot, and the store's unique keys decide between
    /// concurrent admissions, so waiting for one commit must not hold up the next request.
    /// </summary>
    [AlwaysInterleave]
    Task<Outcome<RequestJobResult>> RequestJob(JobSubmission submission);

    /// <summary>Admits 1-1000 jobs in one transaction; outcomes are per job, in order.</summary>
    [AlwaysInterleave]
    Task<JobBatchResult> RequestJobs(JobBatchSubmission submission);

    /// <summary>Admits a copy of a failed job under a new id that names the failed one in retry_of. Any other status is a conflict.</summary>
    [AlwaysInterleave]
    Task<Outcome<RequestJobResult>> RetryJob(JobCommand command);

    /// <summary>Admits the job that runs failed jobs again, and records who wanted it.</summary>
    [AlwaysInterleave]
    Task<Outcome<RequestJobResult>> Redrive(RedriveJobs command);

    /// <summary>The tenant's effective flags by summary word.</summary>
    [AlwaysInterleave]
    Task<Outcome<FlagSummary>> GetFlags();

    /// <summary>Stores the tenant's own value (null: removes it). Answers the effective flags.</summary>
    Task<Outcome<FlagSummary>> SetFlag(FlagChange change);

    /// <summary>Switches a template for the tenant, within what the cluster enables. Answers whether it was on before.</summary>
    Task<Outcome<bool>> SetTemplate(TemplateSwitch change);
}

public sealed record JobSubmission(Caller Caller, JobRequest Request);

public sealed record RedriveJobs(Caller Caller, RedriveRequest Request);

public sealed record JobBatchSubmission(Caller Caller, IReadOnlyList<JobRequest> Requests);

public sealed record JobBatchResult(IReadOnlyList<Outcome<RequestJobResult>> Jobs);

/// <summary>An actor's command on one job.</summary>
public sealed record JobCommand(Caller Caller, JobId JobId, string? Reason = null)
{
    /// <summary>For a retry: the same key never makes two.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>getFeatureFlagSummary of the contract.</summary>
public sealed record FlagSummary(IReadOnlyDictionary<string, bool> Flags);

public sealed record FlagChange(Caller Caller, FeatureFlag Flag, bool? Value);

public sealed record TemplateSwitch(Caller Caller, string TemplateKey, bool Enabled);
