using System.Collections.Concurrent;
using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;

namespace JobForge.Gateway.Tests.Doubles;

/// <summary>Rows in memory, which notes for which tenants it was asked. A row of another tenant is absent, as in the real one.</summary>
internal sealed class FakeRows : IReadModel
{
    public const int PageSizeOfCursor = 2;

    public ConcurrentBag<TenantId?> AskedFor { get; } = [];

    public ConcurrentDictionary<string, ApiKeyRow> Keys { get; } = new(StringComparer.Ordinal);

    public List<JobRow> Jobs { get; } = [];

    public List<EventRow> Events { get; } = [];

    public List<ArtifactManifest> Manifests { get; } = [];

    public List<JobTemplate> Templates { get; } = [];

    public List<TenantRow> Tenants { get; } = [];

    public List<RunLogLine> Lines { get; } = [];

    public List<PauseRow> Pauses { get; } = [];

    public List<DeadLetterCount> DeadLetters { get; } = [];

    public DeadLetterQuery? LastDeadLetters { get; private set; }

    public int KeyLookups { get; private set; }

    public bool Answers { get; set; } = true;

    /// <summary>Thrown by every read of a job, when set.</summary>
    public Exception? Fault { get; set; }

    public EventQuery? LastEventQuery { get; private set; }

    public Task<JobRow?> JobAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        Fault is null ? Found(tenant, Jobs.Find(job => job.TenantId == tenant && job.Id == id)) : throw Fault;

    public Task<Page<JobRow>> JobsAsync(JobQuery query, CancellationToken cancel) => PageOf(query.TenantId, Jobs.FindAll(job => job.TenantId == query.TenantId), query.Cursor);

    public Task<ArtifactManifest?> ManifestAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        Found(tenant, Manifests.Find(manifest => manifest.TenantId == tenant && manifest.RunId == run));

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(TenantId tenant, JobId run, CancellationToken cancel) =>
        Listed<AttemptRow>(tenant, [new(run, 1, "worker-1", Sample.Now, null, "running", null)]);

    public Task<IReadOnlyList<RunLogLine>> LogsAsync(TenantId tenant, JobId run, long after, int limit, CancellationToken cancel) =>
        Listed(tenant, [.. Lines.Where(line => line.Sequence > after).Take(limit)]);

    public Task<IReadOnlyList<ChildRun>> ChildrenAsync(TenantId tenant, JobId parent, int limit, CancellationToken cancel) => Listed<ChildRun>(tenant, []);

    public Task<StandingFacts?> StandingAsync(TenantId tenant, JobId id, CancellationToken cancel) =>
        Found(tenant, Jobs.Find(job => job.TenantId == tenant && job.Id == id) is { } job ? new StandingFacts { Job = new StoredJob { Row = job } } : null);

    public Task<Page<JobRow>> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel)
    {
        LastDeadLetters = query;
        return PageOf(query.Filter.TenantId, Jobs.FindAll(job => job.TenantId == query.Filter.TenantId && job.Status == JobStatus.Failed), query.Cursor);
    }

    public Task<IReadOnlyList<DeadLetterCount>> CountDeadLettersAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel) =>
        Listed(filter.TenantId, [.. DeadLetters.Where(_ => filter.TenantId == new TenantId(GatewayHost.Acme))]);

    public Task<IReadOnlyList<PauseRow>> PausesAsync(TenantId? tenant, CancellationToken cancel) =>
        Listed(tenant, [.. Pauses.Where(pause => tenant is null || pause.Tenant is null || pause.Tenant == tenant)]);

    public Task<EventRow?> EventAsync(TenantId tenant, EventId id, CancellationToken cancel) =>
        Found(tenant, Events.Find(row => row.TenantId == tenant && row.Id == id));

    public Task<Page<EventRow>> EventsAsync(EventQuery query, CancellationToken cancel)
    {
        LastEventQuery = query;
        return PageOf(query.TenantId, Events.FindAll(row => row.TenantId == query.TenantId), query.Cursor);
    }

    public Task<IReadOnlyList<JobTemplate>> TemplatesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<JobTemplate>>(Templates);

    public Task<JobTemplate?> TemplateAsync(string key, CancellationToken cancel) =>
        Task.FromResult(Templates.Find(template => string.Equals(template.TemplateKey, key, StringComparison.Ordinal)));

    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancel) => PageOf<AuditEntry>(query.TenantId, [], query.Cursor);

    public Task<IReadOnlyList<TenantRow>> TenantsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<TenantRow>>(Tenants);

    public Task<TenantRow?> TenantAsync(TenantId id, CancellationToken cancel) => Found(id, Tenants.Find(tenant => tenant.Id == id));

    public Task<IReadOnlyList<ApiKeyRow>> ApiKeysAsync(TenantId? tenant, CancellationToken cancel) =>
        Listed(tenant, [.. Keys.Values.Where(key => key.TenantId == tenant)]);

    public Task<ApiKeyRow?> ApiKeyAsync(string keyId, CancellationToken cancel)
    {
        KeyLookups++;
        return Task.FromResult(Keys.GetValueOrDefault(keyId));
    }

    public Task<bool> PingAsync(CancellationToken cancel) => Task.FromResult(Answers);

    private Task<T?> Found<T>(TenantId tenant, T? row)
        where T : class
    {
        AskedFor.Add(tenant);
        return Task.FromResult(row);
    }

    private Task<IReadOnlyList<T>> Listed<T>(TenantId? tenant, IReadOnlyList<T> rows)
    {
        AskedFor.Add(tenant);
        return Task.FromResult(rows);
    }

    /// <summary>Pages of two; the cursor is the number of rows before it.</summary>
    private Task<Page<T>> PageOf<T>(TenantId? tenant, List<T> rows, string? cursor)
    {
        AskedFor.Add(tenant);
        var start = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        var end = Math.Min(start + PageSizeOfCursor, rows.Count);
        var next = end < rows.Count ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return Task.FromResult(new Page<T>(rows[start..end], next));
    }
}

internal sealed class FakeArtifacts : IArtifactStore
{
    private readonly ConcurrentDictionary<string, byte[]> _contents = new(StringComparer.Ordinal);

    public string Put(byte[] content)
    {
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        _contents[digest] = content;
        return digest;
    }

    /// <summary>Bytes under a digest that is not theirs, as after a broken disk.</summary>
    public void Corrupt(string digest, byte[] content) => _contents[digest] = content;

    public Task<StoredArtifact> WriteAsync(Stream content, long maxBytes, CancellationToken cancel) => throw new NotSupportedException("The gateway writes no artifacts.");

    public Stream? OpenRead(string sha256) => _contents.TryGetValue(sha256, out var content) ? new MemoryStream(content) : null;
}

/// <summary>Rows that look like real ones.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 2, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly IdSource Ids = new(TimeProvider.System, RandomSource.Secure);

    public static JobRow Job(string tenant, JobStatus status = JobStatus.Queued, string trace = "trace-1") => new()
    {
        Id = new(Ids.Next()),
        TenantId = new(tenant),
        TemplateKey = "autopilot.ops.scan",
        TemplateVersion = "1.0.0",
        Inputs = JsonElement.Parse("""{"target":"production"}"""),
        InputsDigest = new string('a', 64),
        Status = status,
        MaxAttempts = 3,
        TimeoutMs = 300_000,
        RunAt = Now,
        TraceId = trace,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    public static EventRow Event(EventEnvelope envelope) => new()
    {
        Id = new(Ids.Next()),
        TenantId = envelope.TenantId,
        EventVersion = envelope.EventVersion,
        EventType = envelope.EventType,
        OccurredAt = envelope.OccurredAt ?? Now,
        ReceivedAt = Now,
        TraceId = envelope.TraceId,
        SourceApp = envelope.SourceApp,
        Payload = envelope.Payload,
        CreatedAt = Now,
    };

    public static EventEnvelope Envelope(string tenant) => new()
    {
        EventType = "infrastructure.alert",
        TraceId = "trace-456",
        TenantId = new(tenant),
        SourceApp = "settler",
    };

    public static JobTemplate Template(string key, bool enabled = true, bool isAction = false) => new()
    {
        TemplateKey = key,
        Name = key,
        Category = "ops",
        InputSchema = JsonElement.Parse("{}"),
        OutputSchema = JsonElement.Parse("{}"),
        Enabled = enabled,
        IsActionJob = isAction,
    };

    public static ArtifactManifest Manifest(JobRow job, params ManifestOutput[] outputs) => new()
    {
        RunId = job.Id,
        TenantId = job.TenantId,
        JobType = job.TemplateKey,
        CreatedAt = Now,
        Status = ManifestStatus.Complete,
        Outputs = outputs,
    };
}
