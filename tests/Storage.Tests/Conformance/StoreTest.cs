using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Roles;
using JobForge.Tests.Shared;

namespace JobForge.Storage.Tests.Conformance;

/// <summary>A test class on a fresh store, with builders of valid rows.</summary>
public abstract class StoreTest<TFixture> : IAsyncLifetime
    where TFixture : IStoreFixture, new()
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected static readonly TenantId Acme = new("acme");

    protected static readonly TenantId Other = new("other");

    private readonly RandomSource _random = RandomSource.Seeded(7);

    protected TFixture Fixture { get; } = new();

    protected FakeTimeProvider Time { get; } = new();

    protected IdSource Ids => field ??= new IdSource(Time, _random);

    protected IStore Store { get; private set; } = null!;

    protected DateTimeOffset Now => Time.GetUtcNow();

    public async ValueTask InitializeAsync() => Store = await Fixture.OpenAsync(Time);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Fixture.DisposeAsync();
        Cleanup();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes away what a test class keeps beside the store.</summary>
    protected virtual void Cleanup()
    {
    }

    protected Task<long> OpenEpochAsync(string worker = "worker-1") => Store.Epochs.OpenAsync(worker, Now, Now.AddSeconds(10), None);

    protected StoredJob Job(TenantId? tenant = null, long? owner = null, string? key = null, string inputs = """{"target":"production"}""") => new()
    {
        OwnerEpoch = owner,
        Row = new JobRow
        {
            Id = new JobId(Ids.Next()),
            TenantId = tenant ?? Acme,
            TemplateKey = "autopilot.ops.scan",
            TemplateVersion = "1.0.0",
            Inputs = JsonElement.Parse(inputs),
            InputsDigest = "digest of " + inputs,
            Status = JobStatus.Queued,
            StatusReason = StatusReasons.Admitted,
            MaxAttempts = 3,
            TimeoutMs = 1_000,
            RunAt = Now,
            TraceId = "trace-1",
            IdempotencyKey = key,
            CreatedAt = Now,
            UpdatedAt = Now,
        },
    };

    protected async Task<StoredJob> AdmitAsync(StoredJob job)
    {
        var admission = (await Store.Jobs.AdmitAsync([new NewJob { Job = job }], None)).ShouldHaveSingleItem();
        admission.Kind.ShouldBe(AdmissionKind.Admitted);
        return job;
    }

    protected async Task<StoredJob> FindAsync(StoredJob job) => (await Store.Jobs.FindAsync(job.Row.TenantId, job.Row.Id, None)).ShouldNotBeNull();

    protected FinishedRun Finished(StoredJob job, JobStatus status = JobStatus.Succeeded, int attempts = 1)
    {
        var row = job.Row with
        {
            Status = status,
            StatusReason = status == JobStatus.Succeeded ? StatusReasons.Completed : StatusReasons.PermanentError,
            Attempts = attempts,
            StartedAt = Now,
            FinishedAt = Now,
            UpdatedAt = Now,
            Result = status == JobStatus.Succeeded ? JsonElement.Parse("""{"ok":true}""") : null,
            Error = status == JobStatus.Failed ? new JobError("handler_error", "It broke.") : null,
        };
        return new FinishedRun { Fence = job.Fence, Row = row, Manifest = Manifest(row), Worker = "worker-1" };
    }

    protected RequeuedRun Requeued(StoredJob job, int number = 1, int? attempts = null) => new()
    {
        Fence = job.Fence,
        Attempt = new AttemptRow(job.Row.Id, number, "worker-1", Now, Now, "failed", new JobError("handler_error", "It broke.")),
        Attempts = attempts ?? number,
        Reason = StatusReasons.RetryBackoff,
        WaitUntil = Now.AddSeconds(5),
    };

    protected AuditEntry Audit(TenantId? tenant, string action = AuditActions.FlagChange, bool allowed = true) =>
        new() { Id = Ids.Next(), TenantId = tenant, Action = action, Allowed = allowed, CreatedAt = Now };

    private static ArtifactManifest Manifest(JobRow row) => new()
    {
        RunId = row.Id,
        TenantId = row.TenantId,
        JobType = row.TemplateKey,
        CreatedAt = row.FinishedAt!.Value,
        Status = row.Status == JobStatus.Succeeded ? ManifestStatus.Complete : ManifestStatus.Failed,
        Attempt = row.Attempts,
        Metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["duration_ms"] = 0 },
    };
}
