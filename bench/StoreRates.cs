using System.Diagnostics;
using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Silo.Hosting;
using JobForge.Storage.Postgres;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;

namespace JobForge.Bench;

/// <summary>A store's own rates, through its roles: no grains, no handler. The ceiling of what the product can do on it.</summary>
public sealed class StoreRates(IJobStore jobs, IJobQueue queue, IEpochStore epochs, IdSource ids, TimeProvider time)
{
    private const int BatchSize = 1_000;
    private const int Tenants = 1_000;
    private const int Page = 2_000;

    /// <summary>How many ends may wait for their commit: what fills the batches of all lanes, and one more round.</summary>
    private const int EndsInFlight = 4_096;

    // About 300 bytes, as in the published comparisons.
    private static readonly JsonElement Inputs = JsonElement.Parse($$"""{"order":"ord-4711","text":"{{new string('x', 240)}}","amount":12.5,"n":42}""");

    private static readonly TenantId[] TenantIds = [.. Enumerable.Range(0, Tenants).Select(one => new TenantId($"tenant-{one}"))];

    private long _tag;

    public static async Task RunAsync(BenchPlan plan)
    {
        foreach (var (callers, batch) in ((int, int)[])[(64, 1), (512, 1), (4, BatchSize)])
        {
            await plan.MeasureJobsAsync($"store: admit, {callers} callers, {batch} a call", start => UseAsync(plan, rates => rates.AdmitAsync(callers, batch, plan.Length(3), start)));
        }

        var depth = plan.Size(50_000, 500);
        await plan.MeasureJobsAsync($"store: drain, {depth} queued", start => UseAsync(plan, rates => rates.DrainAsync(depth, start)));
    }

    private static Task<Rate> UseAsync(BenchPlan plan, Func<StoreRates, Task<Rate>> measure) => plan.Store.UseAsync(async place =>
    {
        var ids = new IdSource(TimeProvider.System, RandomSource.Secure);
        await using var store = await OpenAsync(place, ids);
        return await measure(new StoreRates(store.Jobs, store.Queue, store.Epochs, ids, TimeProvider.System));
    });

    private static async Task<IStore> OpenAsync(BenchPlace place, IdSource ids) => place.Store is StoreChoice.Postgres { ConnectionString: var connection }
        ? await PostgresStore.OpenAsync(new PostgresStoreOptions { ConnectionString = connection }, TimeProvider.System, ids)
        : await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(place.Folder, "jobforge.db") }, TimeProvider.System, ids);

    /// <summary>Admissions, each with an idempotency key and owned by this process, until <paramref name="length"/> is over.</summary>
    public async Task<Rate> AdmitAsync(int callers, int batch, TimeSpan length, Func<Task<RateMeter>> begin)
    {
        var epoch = await OpenAsync();
        var meter = await begin();
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var admitted = 0L;
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                admitted += await AdmitAsync(epoch, batch);
            }

            return admitted;
        })));
        return await meter.StopAsync(counts.Sum());
    }

    /// <summary>From the first page to the last end: owned jobs are loaded by pages and ended with a manifest as fast as the store takes them.</summary>
    public async Task<Rate> DrainAsync(int depth, Func<Task<RateMeter>> begin)
    {
        var epoch = await OpenAsync();
        for (var admitted = 0; admitted < depth; admitted += BatchSize)
        {
            await AdmitAsync(epoch, Math.Min(BatchSize, depth - admitted));
        }

        var meter = await begin();
        using var room = new SemaphoreSlim(EndsInFlight);
        var after = QueuePosition.Start;
        var ended = 0L;
        var next = queue.LoadOwnedAsync(epoch, epoch, after, Page, CancellationToken.None);
        var ends = new List<Task>();
        for (var page = await next; page.Count > 0; page = await next)
        {
            after = new QueuePosition(page[^1].FairTag, page[^1].Row.Id.Value);
            next = Task.Run(() => queue.LoadOwnedAsync(epoch, epoch, after, Page, CancellationToken.None));
            foreach (var job in page)
            {
                await room.WaitAsync();
                ends.Add(EndAsync(job, room));
            }

            ended += page.Count;
        }

        await Task.WhenAll(ends);
        return ended == depth ? await meter.StopAsync(ended) : throw new InvalidOperationException($"{depth} jobs were admitted and {ended} found.");
    }

    private async Task EndAsync(StoredJob job, SemaphoreSlim room)
    {
        if (!await jobs.FinishAsync(Ended(job), CancellationToken.None))
        {
            throw new InvalidOperationException($"{job.Row.Id} could not be ended.");
        }

        room.Release();
    }

    private Task<long> OpenAsync()
    {
        var now = time.GetUtcNow();
        return epochs.OpenAsync("bench", now, now.AddHours(1), CancellationToken.None);
    }

    private async Task<long> AdmitAsync(long epoch, int count)
    {
        var batch = new NewJob[count];
        for (var i = 0; i < count; i++)
        {
            batch[i] = new NewJob { Job = NewJob(epoch) };
        }

        var admissions = await jobs.AdmitAsync(batch, CancellationToken.None);
        return admissions.All(one => one.Kind == AdmissionKind.Admitted) ? count : throw new InvalidOperationException("An admission was refused.");
    }

    private StoredJob NewJob(long epoch)
    {
        var now = time.GetUtcNow();
        var id = ids.Next();
        var tag = Interlocked.Increment(ref _tag);
        return new StoredJob
        {
            OwnerEpoch = epoch,
            FairTag = tag,
            Row = new JobRow
            {
                Id = new JobId(id),
                TenantId = TenantIds[tag % Tenants],
                TemplateKey = "bench.noop",
                TemplateVersion = "1.0.0",
                Inputs = Inputs,
                InputsDigest = "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
                Status = JobStatus.Queued,
                StatusReason = StatusReasons.Admitted,
                MaxAttempts = 3,
                TimeoutMs = 30_000,
                RunAt = now,
                TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
                ActorId = "bench",
                IdempotencyKey = id.ToString("N"),
                CreatedAt = now,
                UpdatedAt = now,
            },
        };
    }

    private FinishedRun Ended(StoredJob job)
    {
        var now = time.GetUtcNow();
        var row = job.Row with
        {
            Status = JobStatus.Succeeded, StatusReason = StatusReasons.Completed, Attempts = 1, StartedAt = now, FinishedAt = now, UpdatedAt = now, Result = JsonElement.Parse("{}"),
        };
        var manifest = new ArtifactManifest
        {
            RunId = row.Id,
            TenantId = row.TenantId,
            JobType = row.TemplateKey,
            CreatedAt = now,
            Status = ManifestStatus.Complete,
            Attempt = 1,
            TemplateVersion = row.TemplateVersion,
            InputsDigest = row.InputsDigest,
            TraceId = row.TraceId,
            Metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["duration_ms"] = 0, ["cpu_ms"] = 0, ["memory_mb"] = 0, ["cost_estimate"] = 0 },
        };
        return new FinishedRun { Fence = job.Fence, Row = row, Manifest = manifest, Worker = "bench" };
    }
}
