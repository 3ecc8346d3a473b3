using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;
using JobForge.Silo.Execution;
using JobForge.Silo.Hosting;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace JobForge.Bench;

/// <summary>A whole process in this one: real store on disk, real engine, a template that does nothing. Callers go straight to the grains, without HTTP.</summary>
public sealed class BenchSilo : IAsyncDisposable
{
    public const int Tenants = 16;
    private static readonly Caller Caller = new(KeyId: null, "bench", "system");

    private readonly SiloHost _silo;
    private readonly IGrainFactory _grains;
    private int _tenants = Tenants;

    private BenchSilo(SiloHost silo, NoopHandler handler)
    {
        _silo = silo;
        Handler = handler;
        _grains = silo.Services.GetRequiredService<IGrainFactory>();
        Executor = silo.Services.GetRequiredService<RunExecutor>();
        Host = silo.Services.GetRequiredService<ExecutionHost>();
    }

    public NoopHandler Handler { get; }

    public RunExecutor Executor { get; }

    public ExecutionHost Host { get; }

    public Uri Address => _silo.Address;

    /// <param name="paused">True: jobs are admitted and wait in the store; nothing runs.</param>
    /// <param name="jobs">Job rows in memory instead of the store's; null: the store's.</param>
    public static async Task<BenchSilo> StartAsync(BenchPlace place, bool paused, MemoryJobs? jobs = null)
    {
        var bench = await BuildAsync(place, paused, jobs);
        await bench.StartAsync();
        return bench;
    }

    /// <summary>All parts made and the store open, nothing started.</summary>
    public static async Task<BenchSilo> BuildAsync(BenchPlace place, bool paused, MemoryJobs? jobs = null)
    {
        var handler = new NoopHandler();
        var options = new SiloOptions
        {
            DataPath = place.Folder,
            Store = place.Store,
            Urls = "http://127.0.0.1:0",
            Quiet = true,
            Environment = Setting,
            FurtherTemplates = [Noop()],
            Execution = paused ? new ExecutionOptions { Slots = 0, ReadyCapacity = 0 } : new ExecutionOptions(),
        };
        var silo = await SiloHost.BuildAsync(options, services =>
        {
            services.AddSingleton<IJobHandler>(handler);
            if (jobs is not null)
            {
                services.AddSingleton<IJobStore>(jobs).AddSingleton<IJobQueue>(jobs);
            }
        });
        return new BenchSilo(silo, handler);
    }

    public Task StartAsync() => _silo.StartAsync();

    /// <summary>Makes the tenants and enables the template; once a data folder.</summary>
    public async Task PrepareAsync(int tenants = Tenants)
    {
        _tenants = tenants;
        var registry = _grains.Registry();
        await registry.SetFlag(new FlagChange(Caller, FeatureFlag.EventsEnabled, Value: true));
        for (var tenant = 0; tenant < tenants; tenant++)
        {
            await registry.PutTenant(new TenantChange(Caller, new TenantRequest(TenantOf(tenant), null, 1_000_000_000, 100_000_000)));
        }

        await registry.PatchTemplate(new TemplateChange(Caller, BenchRequests.Template, new TemplatePatch { Enabled = true }));
    }

    public async Task<JobId> RequestAsync(int tenant)
    {
        var outcome = await _grains.Tenant(TenantOf(tenant)).RequestJob(new JobSubmission(Caller, BenchRequests.Job(TenantOf(tenant))));
        return outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value.Job!.Id;
    }

    public async Task RequestBatchAsync(int tenant, int count)
    {
        var requests = Enumerable.Repeat(BenchRequests.Job(TenantOf(tenant)), count).ToList();
        var result = await _grains.Tenant(TenantOf(tenant)).RequestJobs(new JobBatchSubmission(Caller, requests));
        if (result.Jobs.FirstOrDefault(job => job.IsRefused) is { Refusal: { } refusal })
        {
            throw new InvalidOperationException(refusal.Message);
        }
    }

    public async Task SubmitEventsAsync(int tenant, int count)
    {
        var events = Enumerable.Repeat(BenchRequests.Event(TenantOf(tenant)), count).ToList();
        var outcome = await _grains.EventIntake().Submit(new EventSubmission(Caller, TenantOf(tenant), events));
        if (outcome.IsRefused)
        {
            throw new InvalidOperationException(outcome.Refusal.Message);
        }
    }

    /// <summary>An app key of the first tenant, for load over HTTP.</summary>
    public async Task<string> CreateKeyAsync() =>
        (await FirstStart.CreateKeyAsync(_silo.Services, new ApiKeyRequest(TenantOf(0), ApiKeyRole.App, "bench"))).ApiKey;

    /// <summary>Ends when this many jobs have been recorded as succeeded, history and manifest included.</summary>
    public async Task WaitForEndedAsync(long count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Executor.Ended(JobStatus.Succeeded) < count && await timer.WaitForNextTickAsync())
        {
        }
    }

    /// <summary>A queued row as the store hands it out, its inputs its own.</summary>
    public StoredJob Row(int index, IdSource ids)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new StoredJob
        {
            Row = new JobRow
            {
                Id = new JobId(ids.Next()),
                TenantId = TenantOf(index),
                TemplateKey = BenchRequests.Template,
                TemplateVersion = "1.0.0",
                Inputs = BenchRequests.Inputs,
                InputsDigest = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
                Status = JobStatus.Queued,
                StatusReason = StatusReasons.Admitted,
                MaxAttempts = 3,
                TimeoutMs = 300_000,
                RunAt = now,
                TraceId = "trace-bench",
                CreatedAt = now,
                UpdatedAt = now,
            },
            FairTag = index,
        };
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private static string? Setting(string name) => name switch
    {
        Secrets.PolicyTokenVariable or Secrets.PepperVariable => "bench-secret-0123456789",
        // All load comes by one key.
        "JOBFORGE_REQUESTS_PER_SECOND" => "1000000",
        _ => null,
    };

    private TenantId TenantOf(int tenant) => new($"bench-{tenant % _tenants}");

    private static JobTemplate Noop() => new()
    {
        TemplateKey = BenchRequests.Template,
        Name = "Does nothing",
        Category = "core",
        InputSchema = JsonElement.Parse("""{"type":"object","properties":{"order":{"type":"string"},"n":{"type":"integer"}},"required":["order"]}"""),
        OutputSchema = JsonElement.Parse("""{"type":"object"}"""),
    };
}

/// <summary>Succeeds at once, and notes when it was started if somebody asks.</summary>
public sealed class NoopHandler : IJobHandler
{
    private static readonly HandlerResult Done = HandlerResult.Success(JsonElement.Parse("""{"ok":true}"""));

    /// <summary>Called with each run at its start; null: nobody listens.</summary>
    public Action<JobId>? Started { get; set; }

    public string TemplateKey => BenchRequests.Template;

    public Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        Started?.Invoke(context.RunId);
        return Task.FromResult(Done);
    }
}
