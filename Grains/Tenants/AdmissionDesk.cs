using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Policy;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>A request that passed every rule, with its place in its batch.</summary>
/// <param name="Reservation">Set when this process will own it.</param>
public sealed record AcceptedJob(int Index, AdmissionCase Case, NewJob New, Reservation? Reservation);

/// <param name="PolicyTokenSecretSet">Shown in flag summaries; never the secret.</param>
public sealed record AdmissionSettings(bool PolicyTokenSecretSet);

/// <summary>What TenantGrain does with one request once it has been judged: count, write down, hand over, answer.</summary>
public sealed class AdmissionDesk(
    AdmissionRules rules, JobMaker maker, IRunDispatch dispatch, AuditTrail audit, TimeProvider time, AdmissionSettings settings)
{
    public AdmissionCase Open(RegistrySnapshot registry, TenantId tenant, JobRequest request) =>
        new(registry, tenant, maker.Trace(request), CanonicalJson.Digest(request.Inputs), Timestamp.Truncate(time.GetUtcNow()));

    public FlagSummary Summary(FlagSet flags) => new(flags.Summary(settings.PolicyTokenSecretSet));

    public Refusal? FirstSwitch(AdmissionCase @case) => rules.Switches(@case).FirstOrDefault();

    public Refusal? FirstDemand(AdmissionCase @case) => rules.Demands(@case).FirstOrDefault();

    /// <summary>Says everything that would speak against the request, and admits nothing.</summary>
    public async Task<RequestJobResult> DryRun(Caller caller, AdmissionCase @case)
    {
        var refusals = rules.Switches(@case).Concat(rules.Demands(@case)).ToList();
        var entry = Entry(AuditActions.JobRequest, caller, @case, refusals.FirstOrDefault()) with
        {
            Details = AuditDetails.Of(("dry_run", true)),
        };
        await audit.Record(entry);
        return new RequestJobResult
        {
            DryRun = true,
            TemplateKey = @case.Request.TemplateKey,
            WouldExecute = refusals.Count == 0,
            Reasons = [.. refusals.Select(refusal => refusal.Message)],
            TraceId = @case.Request.TraceId!,
            AuditId = entry.Id,
        };
    }

    public async Task<Refusal> Refused(Caller caller, AdmissionCase @case, Refusal refusal)
    {
        var action = refusal.Code == ErrorCode.PolicyDenied ? AuditActions.PolicyCheck : AuditActions.JobRequest;
        await audit.Record(Entry(action, caller, @case, refusal));
        return refusal;
    }

    public AcceptedJob Accept(int index, Caller caller, AdmissionCase @case, FairTags tags, JobId? retryOf)
    {
        var template = @case.Registry.Template(@case.Request.TemplateKey)!;
        var check = template.Row.IsActionJob ? rules.CheckToken(template, @case) : null;
        var job = maker.Make(@case, template.Row, check?.TokenId, tags.Next(@case.Request.Priority, dispatch.VirtualTime), retryOf);
        var reservation = job is { WaitUntil: null, Hold: null } ? dispatch.TryReserve(job.FairTag) : null;
        return new AcceptedJob(index, @case, new NewJob
        {
            Job = job with { OwnerEpoch = reservation?.Epoch },
            TokenUse = check is null ? null : new TokenUse(check.TokenId!, PolicyTokens.TokenDigest(@case.Request.PolicyToken!), check.ExpiresAt),
            Audit = AdmissionEntry(caller, @case, job, check),
        }, reservation);
    }

    /// <summary>The write failed, or its answer was lost: then a row may stand there that nothing in memory knows.</summary>
    public void Abandon(IEnumerable<AcceptedJob> accepted)
    {
        foreach (var job in accepted)
        {
            GiveBack(job);
        }

        dispatch.Distrust();
    }

    /// <summary>The commit is done: hands an admitted job over, or says what the store knew better.</summary>
    public ValueTask<Outcome<RequestJobResult>> Settle(Caller caller, AcceptedJob accepted, Admission admission)
    {
        if (admission.Kind != AdmissionKind.Admitted)
        {
            return SettleOther(caller, accepted, admission);
        }

        HandOver(accepted);
        return new(Answer(accepted, accepted.New.Job.Row, replayed: false));
    }

    private async ValueTask<Outcome<RequestJobResult>> SettleOther(Caller caller, AcceptedJob accepted, Admission admission)
    {
        GiveBack(accepted);
        return admission.Kind switch
        {
            AdmissionKind.Existing => Answer(accepted, admission.Job!, replayed: true),
            AdmissionKind.KeyConflict => await Refused(caller, accepted.Case, Refusal.Conflict("The idempotency key was used before with other inputs.")),
            AdmissionKind.TokenUsed => await Refused(caller, accepted.Case, new Refusal(ErrorCode.PolicyDenied, PolicyReasons.AlreadyUsed)),
            AdmissionKind.TokenRevoked => await Refused(caller, accepted.Case, new Refusal(ErrorCode.PolicyDenied, PolicyReasons.Revoked)),
            _ => throw new ArgumentOutOfRangeException(nameof(admission), admission.Kind, "An admission without an answer."),
        };
    }

    private void HandOver(AcceptedJob accepted)
    {
        if (accepted.Reservation is { } reservation)
        {
            dispatch.Enqueue(reservation, accepted.New.Job);
        }
        else if (accepted.New.Job.Hold is null)
        {
            dispatch.Notice(accepted.New.Job.WaitUntil);
        }
        else if (accepted.New.Job.Hold == JobHold.Limit)
        {
            dispatch.Left(accepted.New.Job);
        }
    }

    private void GiveBack(AcceptedJob accepted)
    {
        if (accepted.Reservation is { } reservation)
        {
            dispatch.Release(reservation);
        }
    }

    private static RequestJobResult Answer(AcceptedJob accepted, JobRow job, bool replayed) => new()
    {
        Job = job,
        TraceId = job.TraceId,
        // The job row is the record of a plain admission; only a decision with content has a row of its own.
        AuditId = replayed ? job.Id.Value : accepted.New.Audit?.Id ?? job.Id.Value,
        Replayed = replayed,
    };

    private AuditEntry? AdmissionEntry(Caller caller, AdmissionCase @case, StoredJob job, PolicyCheck? check) => check is null
        ? null
        : Entry(AuditActions.PolicyCheck, caller, @case, null) with
        {
            JobId = job.Row.Id,
            PolicyTokenId = check.TokenId,
            ScopesGranted = check.VerifiedScopes,
        };

    private AuditEntry Entry(string action, Caller caller, AdmissionCase @case, Refusal? refusal) =>
        audit.Entry(action, caller, @case.Tenant, refusal) with
        {
            ProjectId = @case.Request.ProjectId,
            TemplateKey = @case.Request.TemplateKey,
            TraceId = @case.Request.TraceId,
            ActorId = @case.Request.ActorId ?? caller.ActorId,
        };
}
