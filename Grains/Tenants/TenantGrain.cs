using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Grains.Tenants;

/// <summary>
/// One a tenant: decides on requests and admits. Its memory (rate bucket, backlog bound, fair tags) bounds and orders; what must hold
/// for certain (one job a key, one use a token) is the store's to decide. Admission interleaves across the commit: between the decision and the
/// answer nothing in memory is assumed to stay as it was (Corridor.Tests, AdmissionInterleavingTests).
/// </summary>
public sealed class TenantGrain(
    IJobStore jobs, IJobQueue queue, ITenantStore tenants, IRegistry registry, AdmissionDesk desk, AuditTrail audit, TimeProvider time) : Grain, ITenantGrain
{
    // Enough to meet each priority in use; a flow that is older than that has been overtaken by virtual time.
    private const int RecentJobs = 64;

    private readonly TokenBucket _bucket = new(time);
    private readonly FairTags _tags = new();
    private TenantId _tenant;
    private QueuedJobs? _queued;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = GrainKeys.ParseTenant(this.GetPrimaryKeyString());
        _queued = new QueuedJobs(jobs, time, _tenant);
        _tags.Restore(await queue.LastTagsAsync(_tenant, RecentJobs, cancellationToken));
    }

    public async Task<Outcome<RequestJobResult>> RequestJob(JobSubmission submission) =>
        (await Admit(submission.Caller, [submission.Request], retryOf: null))[0];

    public async Task<JobBatchResult> RequestJobs(JobBatchSubmission submission) =>
        new(await Admit(submission.Caller, submission.Requests, retryOf: null));

    public async Task<Outcome<RequestJobResult>> RetryJob(JobCommand command)
    {
        if (await jobs.FindAsync(_tenant, command.JobId, CancellationToken.None) is not { Row: var failed })
        {
            return Refusal.NotFound("Job not found");
        }

        if (failed.Status != JobStatus.Failed)
        {
            return Refusal.Conflict($"The job is {failed.Status.Word()}; only a failed one can be retried.");
        }

        var copy = new JobRequest
        {
            TenantId = _tenant,
            TemplateKey = failed.TemplateKey,
            Inputs = failed.Inputs,
            ProjectId = failed.ProjectId,
            TraceId = failed.TraceId,
            ActorId = failed.ActorId,
            Priority = failed.Priority,
            MaxAttempts = failed.MaxAttempts,
            TimeoutMs = failed.TimeoutMs,
            StartTimeoutMs = failed.StartTimeoutMs,
            TotalTimeoutMs = failed.TotalTimeoutMs,
            Limit = failed.Limit,
            Depth = failed.Depth,
            IdempotencyKey = command.IdempotencyKey,
            ParentRunId = failed.ParentRunId,
        };
        var outcome = (await Admit(command.Caller, [copy], retryOf: failed.Id))[0];
        await audit.Record(audit.Entry(AuditActions.JobRetry, command.Caller, failed, command.Reason) with
        {
            Allowed = !outcome.IsRefused,
            Code = outcome.Refusal?.Code,
        });
        return outcome;
    }

    public async Task<Outcome<RequestJobResult>> Redrive(RedriveJobs command)
    {
        var request = RedriveTemplate.Request(command.Request, command.Caller.ActorId);
        var outcome = (await Admit(command.Caller, [request], retryOf: null))[0];
        await audit.Record(audit.Entry(AuditActions.JobsRedrive, command.Caller, _tenant, outcome.Refusal) with
        {
            TemplateKey = request.TemplateKey,
            JobId = outcome.Value?.Job?.Id,
            Reason = command.Request.Reason,
            Details = request.Inputs,
        });
        return outcome;
    }

    public Task<Outcome<FlagSummary>> GetFlags() => Task.FromResult<Outcome<FlagSummary>>(
        registry.Current.Tenant(_tenant) is null ? UnknownTenant() : desk.Summary(registry.Current.Flags(_tenant)));

    public async Task<Outcome<FlagSummary>> SetFlag(FlagChange change)
    {
        if (registry.Current.Tenant(_tenant) is null)
        {
            return UnknownTenant();
        }

        var entry = audit.Entry(AuditActions.FlagChange, change.Caller, _tenant) with
        {
            Details = AuditDetails.Of(("flag", change.Flag.Word()), ("value", change.Value)),
        };
        await tenants.SetFlagAsync(_tenant, change.Flag, change.Value, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return desk.Summary(registry.Current.Flags(_tenant));
    }

    public async Task<Outcome<bool>> SetTemplate(TemplateSwitch change)
    {
        var current = registry.Current;
        if (current.Tenant(_tenant) is null)
        {
            return UnknownTenant();
        }

        if (current.Template(change.TemplateKey) is not { } template)
        {
            return Refusal.NotFound(FrozenTexts.TemplateNotFound(change.TemplateKey));
        }

        if (change.Enabled && !template.Row.Enabled)
        {
            return new Refusal(ErrorCode.TemplateDisabled, $"{FrozenTexts.TemplateDisabled(change.TemplateKey)} (by the cluster's operator; a tenant cannot enable it)");
        }

        var before = current.IsEnabled(_tenant, template);
        var entry = audit.Entry(AuditActions.TemplateChange, change.Caller, _tenant) with
        {
            TemplateKey = change.TemplateKey,
            Details = AuditDetails.Of(("enabled", change.Enabled)),
        };
        await tenants.SetTenantTemplateAsync(_tenant, change.TemplateKey, change.Enabled, entry, CancellationToken.None);
        await registry.RefreshAsync(CancellationToken.None);
        return before;
    }

    private async Task<Outcome<RequestJobResult>[]> Admit(Caller caller, IReadOnlyList<JobRequest> requests, JobId? retryOf)
    {
        var results = new Outcome<RequestJobResult>[requests.Count];
        if (registry.Current.Tenant(_tenant) is not { } tenant)
        {
            Array.Fill(results, UnknownTenant());
            return results;
        }

        var accepted = new List<AcceptedJob>(requests.Count);
        for (var i = 0; i < requests.Count; i++)
        {
            var @case = desk.Open(registry.Current, _tenant, requests[i]);
            if (@case.Request.DryRun)
            {
                results[i] = await desk.DryRun(caller, @case);
            }
            else if (await Refuse(@case, tenant) is { } refusal)
            {
                results[i] = await desk.Refused(caller, @case, refusal);
            }
            else
            {
                accepted.Add(desk.Accept(i, caller, @case, _tags, retryOf));
            }
        }

        await Commit(caller, accepted, results);
        return results;
    }

    private async ValueTask<Refusal?> Refuse(AdmissionCase @case, TenantRow tenant)
    {
        if (desk.FirstSwitch(@case) is { } off)
        {
            return off;
        }

        if (_bucket.Take(1, tenant.RequestsPerMinute) is { } wait)
        {
            return new Refusal(ErrorCode.RateLimited, $"The tenant may request {tenant.RequestsPerMinute} jobs a minute.") { RetryAfter = wait };
        }

        if (desk.FirstDemand(@case) is { } refusal)
        {
            return refusal;
        }

        // Last, since it takes the place that only an accepted job gives back.
        return await _queued!.TryTake(tenant.MaxQueuedJobs)
            ? null
            : new Refusal(ErrorCode.QuotaExceeded, $"The tenant may have {tenant.MaxQueuedJobs} jobs waiting.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private async Task Commit(Caller caller, List<AcceptedJob> accepted, Outcome<RequestJobResult>[] results)
    {
        if (accepted.Count == 0)
        {
            return;
        }

        IReadOnlyList<Admission> admissions;
        try
        {
            admissions = await jobs.AdmitAsync([.. accepted.Select(job => job.New)], CancellationToken.None);
        }
        catch
        {
            desk.Abandon(accepted);
            accepted.ForEach(_ => _queued!.Settle(admitted: false));
            throw;
        }

        for (var i = 0; i < accepted.Count; i++)
        {
            _queued!.Settle(admissions[i].Kind == AdmissionKind.Admitted);
            results[accepted[i].Index] = await desk.Settle(caller, accepted[i], admissions[i]);
        }
    }

    private Refusal UnknownTenant() => Refusal.NotFound($"Tenant not found: {_tenant}");
}
