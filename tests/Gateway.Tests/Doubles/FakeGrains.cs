using System.Collections.Concurrent;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Policy;
using JobForge.Contracts.Templates;
using JobForge.Grains.Interfaces;
using NSubstitute;
using Orleans;

namespace JobForge.Gateway.Tests.Doubles;

/// <summary>Grains that answer at once and note who was called for which key. <see cref="Refuse"/> makes every command a refusal.</summary>
internal sealed class FakeGrains : ITenantGrain, IPolicyGrain, IRegistryGrain, IJobGrain, IEventIntakeGrain
{
    public ConcurrentBag<string> Touched { get; } = [];

    public Dictionary<FeatureFlag, bool> Flags { get; } = FeatureFlags.All.ToDictionary(flag => flag, _ => true);

    public Refusal? Refuse { get; set; }

    public ConcurrentQueue<JobRequest> Requested { get; } = [];

    public ConcurrentQueue<EventSubmission> Submitted { get; } = [];

    public ConcurrentQueue<RedriveJobs> Redrives { get; } = [];

    public ConcurrentQueue<PauseChange> Pauses { get; } = [];

    public ConcurrentQueue<FlagChange> FlagChanges { get; } = [];

    public ConcurrentQueue<ApiKeyRevocation> Revocations { get; } = [];

    public TaskCompletionSource<KeyUse> KeyUses { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Idempotency keys seen, so that a repeat is a replay.</summary>
    private ConcurrentDictionary<string, RequestJobResult> Admitted { get; } = new(StringComparer.Ordinal);

    private ConcurrentDictionary<string, EventReceipt> Stored { get; } = new(StringComparer.Ordinal);

    public IGrainFactory Factory()
    {
        var factory = Substitute.For<IGrainFactory>();
        factory.GetGrain<ITenantGrain>(Arg.Any<string>(), Arg.Any<string?>()).Returns(call => Touch(call.ArgAt<string>(0)));
        factory.GetGrain<IPolicyGrain>(Arg.Any<string>(), Arg.Any<string?>()).Returns(call => Touch(call.ArgAt<string>(0)));
        factory.GetGrain<IJobGrain>(Arg.Any<string>(), Arg.Any<string?>()).Returns(call => Touch(call.ArgAt<string>(0)));
        factory.GetGrain<IRegistryGrain>(Arg.Any<string>(), Arg.Any<string?>()).Returns(this);
        factory.GetGrain<IEventIntakeGrain>(Arg.Any<string>(), Arg.Any<string?>()).Returns(this);
        return factory;
    }

    public Task<Outcome<RequestJobResult>> RequestJob(JobSubmission submission) => Task.FromResult(Admit(submission.Request));

    public Task<JobBatchResult> RequestJobs(JobBatchSubmission submission) => Task.FromResult(new JobBatchResult([.. submission.Requests.Select(Admit)]));

    public Task<Outcome<RequestJobResult>> RetryJob(JobCommand command) =>
        Answer(new RequestJobResult { Job = Sample.Job("acme"), TraceId = "t", AuditId = Guid.Empty });

    public Task<Outcome<RequestJobResult>> Redrive(RedriveJobs command)
    {
        Redrives.Enqueue(command);
        return Answer(new RequestJobResult { Job = Sample.Job(command.Request.Filter.TenantId.Value), TraceId = "t", AuditId = Guid.Empty });
    }

    public Task<Outcome<bool>> Pause(PauseChange change)
    {
        Pauses.Enqueue(change);
        return Answer(true);
    }

    public Task<Outcome<bool>> Resume(PauseChange change) => Answer(true);

    public Task Expire() => throw NotADoor();

    public Task<Outcome<FlagSummary>> GetFlags() => Task.FromResult<Outcome<FlagSummary>>(Summary());

    public Task<Outcome<FlagSummary>> SetFlag(FlagChange change)
    {
        FlagChanges.Enqueue(change);
        return Answer(Summary());
    }

    public Task<Outcome<bool>> SetTemplate(TemplateSwitch change) => Answer(false);

    public Task<Outcome<IssuedToken>> Issue(TokenIssue command) => Answer(new IssuedToken("token-text", new PolicyToken
    {
        Id = "tok-1", IssuedAt = Sample.Now, TenantId = command.Request.TenantId.Value, ActorId = command.Request.ActorId, Scopes = command.Request.Scopes, Action = command.Request.Action,
    }));

    public Task<PolicyCheck> Validate(TokenValidation command) => Task.FromResult(new PolicyCheck { Allowed = true });

    public Task<Outcome<bool>> Revoke(TokenRevocation command) => Answer(true);

    public Task<Outcome<JobTemplate>> PatchTemplate(TemplateChange change) => Answer(Sample.Template(change.TemplateKey));

    public Task<Outcome<Tenant>> PutTenant(TenantChange change) =>
        Answer(new Tenant(change.Request.TenantId, change.Request.Name ?? "", 100, 1000, Sample.Now));

    public Task<Outcome<CreatedApiKey>> CreateApiKey(ApiKeyCreation command) =>
        Answer(new CreatedApiKey("jf_text", "0123456789abcdef", command.Request.TenantId, "app", "", Sample.Now));

    public Task<Outcome<bool>> RevokeApiKey(ApiKeyRevocation command)
    {
        Revocations.Enqueue(command);
        return Answer(true);
    }

    public Task RecordKeyUse(KeyUse use)
    {
        KeyUses.TrySetResult(use);
        return Task.CompletedTask;
    }

    public Task<Outcome<JobRow>> Cancel(JobCommand command) => Answer(Sample.Job("acme", JobStatus.Canceled));

    public Task<Outcome<JobRow>> Reschedule(RescheduleJob command) => Answer(Sample.Job("acme"));

    public Task<Outcome<EventReceipts>> Submit(EventSubmission submission)
    {
        Touched.Add(submission.Tenant.Value);
        Submitted.Enqueue(submission);
        return Answer(new EventReceipts([.. submission.Events.Select(Store)]));
    }

    public Task<StartDecision> Start(StartRun command) => throw NotADoor();

    public Task<bool> MarkRunning(RunLease lease) => throw NotADoor();

    public Task<bool> Report(RunReport report) => throw NotADoor();

    public Task<EndDecision> Complete(RunEnd end) => throw NotADoor();

    private FakeGrains Touch(string key)
    {
        Touched.Add(key.Split('/')[0]);
        return this;
    }

    private Outcome<RequestJobResult> Admit(JobRequest request)
    {
        Requested.Enqueue(request);
        if (Refuse is not null)
        {
            return Refuse;
        }

        if (request.DryRun)
        {
            return new RequestJobResult { DryRun = true, TemplateKey = request.TemplateKey, WouldExecute = true, Reasons = [], TraceId = request.TraceId ?? "made", AuditId = Guid.Empty };
        }

        var result = new RequestJobResult { Job = Sample.Job(request.TenantId.Value), TraceId = request.TraceId ?? "made", AuditId = Guid.Empty };
        if (request.IdempotencyKey is not { } key)
        {
            return result;
        }

        var first = Admitted.GetOrAdd(key, result);
        return ReferenceEquals(first, result) ? result : first with { Replayed = true };
    }

    private EventReceipt Store(SubmittedEvent submitted)
    {
        var receipt = new EventReceipt(Sample.Event(submitted.Envelope), Duplicate: false, null);
        if (submitted.IdempotencyKey is not { } key)
        {
            return receipt;
        }

        var first = Stored.GetOrAdd(key, receipt);
        return ReferenceEquals(first, receipt) ? receipt : first with { Duplicate = true };
    }

    private Task<Outcome<T>> Answer<T>(T value) => Task.FromResult(Refuse is null ? (Outcome<T>)value : Refuse);

    private FlagSummary Summary() => new(Flags.ToDictionary(pair => pair.Key.Word(), pair => pair.Value, StringComparer.Ordinal));

    private static NotSupportedException NotADoor() => new("No door calls this.");
}
