using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
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
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Corridor.Tests.Fixtures;

/// <summary>
/// The whole process on the real store and engine, with two tenants, the test templates and scripted handlers. The slow sweep is a minute away, so
/// whatever happens sooner happened on a hint; tests of the sweep itself shorten it.
/// </summary>
internal sealed class CorridorSilo : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen before it fails. Never waited out by a test that passes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public const string PolicyTokenSecret = "the signing secret of these tests";

    public static readonly TenantId Acme = new("acme");
    public static readonly TenantId Rival = new("rival");
    public static readonly Caller Caller = new("key-1", "correlation-1") { ActorId = "ada" };

    public static readonly ExecutionOptions Quick = new()
    {
        Worker = "worker-1",
        Slots = 8,
        Lease = TimeSpan.FromMinutes(1),
        RenewEvery = TimeSpan.FromMilliseconds(100),
        SweepEvery = TimeSpan.FromMinutes(1),
        CommitTick = TimeSpan.FromMilliseconds(5),
        FlushEvery = TimeSpan.FromMilliseconds(10),
        StopGrace = TimeSpan.FromMilliseconds(200),
        DrainPeriod = TimeSpan.FromMilliseconds(50),
    };

    private readonly SiloHost _host;
    private readonly bool _ownsFolder;

    private CorridorSilo(SiloHost host, TempFolder folder, bool ownsFolder, IReadOnlyDictionary<string, ScriptedHandler> handlers, LogCapture log)
    {
        (_host, Folder, _ownsFolder, Handlers, Log) = (host, folder, ownsFolder, handlers, log);
    }

    public TempFolder Folder { get; }

    public IReadOnlyDictionary<string, ScriptedHandler> Handlers { get; }

    public ScriptedHandler Work => Handlers[TestTemplates.Work];

    public LogCapture Log { get; }

    public Uri Address => _host.Address;

    public IGrainFactory Grains => Service<IGrainFactory>();

    public IReadModel Read => Service<IReadModel>();

    /// <param name="execution">Null: <see cref="Quick"/>.</param>
    /// <param name="off">Flags that start switched off; all others start on.</param>
    /// <param name="folder">Data that an earlier process left; null: a fresh folder that goes with this silo.</param>
    public static async Task<CorridorSilo> StartAsync(
        ExecutionOptions? execution = null,
        FeatureFlag[]? off = null,
        TempFolder? folder = null,
        Action<CorridorSilo>? prepare = null,
        Action<IServiceCollection>? customize = null)
    {
        var data = folder ?? new TempFolder();
        var handlers = TestTemplates.Served.ToDictionary(key => key, key => new ScriptedHandler(key), StringComparer.Ordinal);
        var log = new LogCapture();
        var environment = FeatureFlags.All.ToDictionary(flag => flag.Variable(), flag => (off ?? []).Contains(flag) ? "0" : "1", StringComparer.Ordinal);
        // Given, so that no file is made of them, and that two processes on one folder share them.
        environment[Secrets.PolicyTokenVariable] = PolicyTokenSecret;
        environment[Secrets.PepperVariable] = "the pepper of these tests";
        var options = new SiloOptions
        {
            DataPath = data.Path,
            Urls = "http://127.0.0.1:0",
            Quiet = true,
            FurtherTemplates = TestTemplates.All,
            Execution = execution ?? Quick,
            Environment = environment.GetValueOrDefault,
        };
        var host = await SiloHost.BuildAsync(options, services =>
        {
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log);
            services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.Trace);
            services.AddSingleton<RandomSource>(new TestChance());
            foreach (var handler in handlers.Values)
            {
                services.AddSingleton<IJobHandler>(handler);
            }

            customize?.Invoke(services);
        });
        var silo = new CorridorSilo(host, data, ownsFolder: folder is null, handlers, log);
        prepare?.Invoke(silo);
        await host.StartAsync();
        if (folder is null)
        {
            await silo.FurnishAsync();
        }

        return silo;
    }

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public JobRequest Request(string template = TestTemplates.Work, string inputs = """{"target":"production"}""") => new()
    {
        TenantId = Acme,
        TemplateKey = template,
        Inputs = JsonElement.Parse(inputs),
    };

    public Task<Outcome<RequestJobResult>> RequestAsync(JobRequest request) => Grains.Tenant(request.TenantId).RequestJob(new JobSubmission(Caller, request));

    /// <summary>Requests a job that must be admitted.</summary>
    public async Task<JobRow> AdmitAsync(JobRequest? request = null)
    {
        var outcome = await RequestAsync(request ?? Request());
        return outcome.IsRefused ? throw new InvalidOperationException($"Not admitted: {outcome.Refusal}") : outcome.Value.Job!;
    }

    public Task<Outcome<JobRow>> CancelAsync(JobRow job) => Grains.Job(job.TenantId, job.Id).Cancel(new JobCommand(Caller, job.Id, "no longer needed"));

    public Task<Outcome<JobRow>> RescheduleAsync(JobRow job, DateTimeOffset runAt) => Grains.Job(job.TenantId, job.Id).Reschedule(new RescheduleJob(Caller, runAt));

    public async Task<JobRow> ReadAsync(JobRow job) => (await Read.JobAsync(job.TenantId, job.Id, CancellationToken.None)).ShouldNotBeNull();

    public Task<JobRow> EndOfAsync(JobRow job) => WaitForAsync(job, row => row.Status.IsFinal());

    /// <summary>Watches the read model until the row is as it must be.</summary>
    public async Task<JobRow> WaitForAsync(JobRow job, Func<JobRow, bool> reached)
    {
        JobRow? row = null;
        await WaitUntilAsync(async () => reached(row = await ReadAsync(job)), () => $"{row}");
        return row!;
    }

    public static async Task WaitUntilAsync(Func<Task<bool>> reached, Func<string>? picture = null)
    {
        var until = TimeProvider.System.GetUtcNow() + Patience;
        while (!await reached())
        {
            if (TimeProvider.System.GetUtcNow() > until)
            {
                throw new TimeoutException($"It did not come to that. Last: {picture?.Invoke()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    public async Task SetFlagAsync(FeatureFlag flag, bool? value, TenantId? tenant = null)
    {
        var change = new FlagChange(Caller, flag, value);
        var outcome = tenant is { } id ? await Grains.Tenant(id).SetFlag(change) : await Grains.Registry().SetFlag(change);
        outcome.Refusal.ShouldBeNull();
    }

    public async Task PutTenantAsync(TenantId tenant, int? perMinute = null, int? maxQueued = null) =>
        (await Grains.Registry().PutTenant(new TenantChange(Caller, new TenantRequest(tenant, null, perMinute, maxQueued)))).Refusal.ShouldBeNull();

    /// <summary>Stops in order, which drains; the folder stays for a next process when the test owns it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_ownsFolder)
        {
            Folder.Dispose();
        }
    }

    /// <summary>Creates the tenants and enables the templates; done already where the silo made its own folder.</summary>
    public async Task FurnishAsync()
    {
        await PutTenantAsync(Acme, perMinute: 1_000_000);
        await PutTenantAsync(Rival, perMinute: 1_000_000);
        foreach (var key in TestTemplates.Enabled)
        {
            (await Grains.Registry().PatchTemplate(new TemplateChange(Caller, key, new TemplatePatch { Enabled = true }))).Refusal.ShouldBeNull();
        }
    }
}
