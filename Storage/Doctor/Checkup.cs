using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Doctor;

/// <summary>
/// Runs every check over every row: the open jobs, then history, page by page with a rest after each. What may be seen for a moment in a healthy system is
/// looked at twice. One check-up at a time; a bounded one goes on where the last one stopped.
/// </summary>
public sealed class Checkup(IStoreDoctor store, IArtifactStore? artifacts, CheckupOptions options, TimeProvider time, IdSource ids)
{
    private const string NoProcess = "no process serves this store, so everything waits, as it should";
    private const string NotInSlices = "reads the whole history; run the doctor by hand for it";

    private readonly RunJudge _judge = new(artifacts, options);
    private readonly Dictionary<Walk, Place> _goOn = [];

    /// <exception cref="InvalidOperationException">The schema is another version's; or a repair was asked for and the store is open to read only.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<CheckupReport> RunAsync(CancellationToken cancel)
    {
        var (began, start) = (time.GetUtcNow(), time.GetTimestamp());
        var scene = await store.SceneAsync(began, cancel);
        var look = new Look(began, Times(began), scene, options.ReadsWholeHistory ? new IdFilter() : null);

        JudgeScene(look);
        await RunSmallAsync(look, cancel);
        await WalkAsync(look, Walk.OpenJobs, options.OpenPages, cancel);
        foreach (var walk in (Walk[])[Walk.FinishedJobs, Walk.Tokens, Walk.EventKeys, Walk.Keys])
        {
            await WalkAsync(look, walk, options.HistoryPages, cancel);
        }

        await LookAgainAsync(look, cancel);
        if (options.Repair)
        {
            await RepairAsync(look, cancel);
        }

        return new CheckupReport(began, time.GetElapsedTime(start), scene.Alive.Count, look.Examined, look.Found.Tell(options.Samples), Skipped(look));
    }

    private void JudgeScene(Look look)
    {
        var skew = look.Scene.StoreTime - look.Began;
        if (skew.Duration() > TimeSpan.FromSeconds(2))
        {
            look.Found.Add(Checks.ClockSkew, new Breach(new DoctorRow(null, "clock", $"the store's clock is {skew.TotalSeconds:0.0} s from this machine's"), []));
        }

        if (look.Scene.MissingDays > 0)
        {
            look.Found.Add(Checks.PartitionGap, new Breach(new DoctorRow(null, "partitions", $"{look.Scene.MissingDays} tables of today and tomorrow are missing"), []));
        }
    }

    private async Task RunSmallAsync(Look look, CancellationToken cancel)
    {
        foreach (var check in look.Wanted(Walk.None, options))
        {
            await RunAsync(look, check, [], cancel);
        }
    }

    private async Task WalkAsync(Look look, Walk walk, int pages, CancellationToken cancel)
    {
        var checks = look.Wanted(walk, options).ToList();
        if (walk == Walk.Keys && look.Known is null)
        {
            return;
        }

        var (way, place) = (Way.Of(walk), _goOn.GetValueOrDefault(walk, Place.Start));
        for (var page = 0; page < pages; page++)
        {
            var rows = await store.LookAsync(way.Statement, [.. way.Values(place), options.PageRows], cancel);
            if (rows.Count > 0)
            {
                var end = new Place(rows[^1].Tenant ?? "", rows[^1].Subject);
                await RunPageAsync(look, checks, walk, new Page([.. way.Values(place), .. way.Values(end)], rows), cancel);
                place = end;
            }

            look.Count(way.Table, rows.Count);
            if (rows.Count < options.PageRows)
            {
                _goOn.Remove(walk);
                return;
            }

            await Task.Delay(options.Rest, time, cancel);
        }

        _goOn[walk] = place;
    }

    private async Task RunPageAsync(Look look, List<Check> checks, Walk walk, Page page, CancellationToken cancel)
    {
        foreach (var check in checks)
        {
            await RunAsync(look, check, page.Span, cancel);
        }

        if (Way.Of(walk).Runs is { } runs)
        {
            foreach (var run in await store.RunsAsync(runs, walk == Walk.FinishedJobs ? [.. page.Span, look.Times.JobsKeptSince] : page.Span, cancel))
            {
                look.Known?.Add(run.Id.Value);
                await foreach (var (check, breach) in _judge.JudgeAsync(run, page.Span, cancel))
                {
                    look.Found.Add(check, breach);
                }
            }
        }

        if (walk == Walk.Keys)
        {
            await JudgeKeysAsync(look, page, cancel);
        }
    }

    private async Task RunAsync(Look look, Check check, IReadOnlyList<object> span, CancellationToken cancel)
    {
        foreach (var row in await store.LookAsync(check.Statement, [.. span, .. check.Takes(look.Times)], cancel))
        {
            look.Found.Add(check, new Breach(row, span));
        }
    }

    /// <summary>Only keys of jobs that the walks would have met: what was admitted meanwhile is a matter of the next check-up.</summary>
    private async Task JudgeKeysAsync(Look look, Page page, CancellationToken cancel)
    {
        var newest = CheckTimes.IdAt(look.Began.AddMinutes(-1));
        var strangers = page.Rows.Select(row => (row.Subject, Job: Guid.Parse(row.Story!))).Where(key => key.Job.CompareTo(newest) < 0 && !look.Known!.MayHold(key.Job))
            .ToDictionary(key => new JobId(key.Job), key => key.Subject);
        if (strangers.Count == 0)
        {
            return;
        }

        foreach (var job in await store.AbsentAsync([.. strangers.Keys], cancel))
        {
            look.Found.Add(Checks.KeyWithoutJob, new Breach(new DoctorRow(null, strangers[job], $"leads to job {job}, which does not exist"), page.Span, [Guid.Parse(strangers[job]), job.Value]));
        }
    }

    private async Task LookAgainAsync(Look look, CancellationToken cancel)
    {
        var doubtful = Checks.All.Where(check => check.LooksTwice && look.Found.Of(check).Count > 0).ToList();
        if (doubtful.Count == 0)
        {
            return;
        }

        await Task.Delay(options.SecondLook, time, cancel);
        var times = Times(time.GetUtcNow());
        foreach (var check in doubtful)
        {
            var still = new HashSet<string>(StringComparer.Ordinal);
            foreach (var span in look.Found.Of(check).Select(breach => breach.Span).Distinct().ToList())
            {
                still.UnionWith((await store.LookAsync(check.Statement, [.. span, .. check.Takes(times)], cancel)).Select(row => row.Subject));
            }

            look.Found.KeepOnly(check, still);
        }
    }

    private async Task RepairAsync(Look look, CancellationToken cancel)
    {
        // A key is free only when no tenant can have its job, and jobs of tenants that are not registered were not looked for.
        var spared = Checks.All.Any(check => check.Name.EndsWith("tenant-unknown", StringComparison.Ordinal) && look.Found.Of(check).Count > 0) ? Checks.KeyWithoutJob : null;
        foreach (var check in Checks.All.Where(check => check.Repair is not null && check != spared))
        {
            foreach (var breach in look.Found.Of(check))
            {
                var values = breach.RepairValues ?? check.Repair!.Values(breach.Row, look.Times);
                // No values: this one needs a person.
                if (values.Count > 0 && await store.RepairAsync(check.Repair!.Statement, values, Audit(check, breach), cancel))
                {
                    look.Found.NoteRepair(check);
                }
            }
        }
    }

    private AuditEntry Audit(Check check, Breach breach) => new()
    {
        Id = ids.Next(),
        TenantId = breach.Row.Tenant is { } tenant ? new TenantId(tenant) : null,
        JobId = check.Walk is Walk.OpenJobs or Walk.FinishedJobs ? JobId.Parse(breach.Row.Subject, provider: null) : null,
        Action = AuditActions.DoctorRepair,
        Allowed = true,
        ActorId = options.Actor,
        Reason = check.Name,
        Details = JsonSerializer.SerializeToElement(new { check.Name, breach.Row.Subject, breach.Row.Story }, ContractJson.Options),
        CreatedAt = time.GetUtcNow(),
    };

    private CheckTimes Times(DateTimeOffset now) => new(now, now - options.Grace, KeptSince(now, options.Retention.FinishedJobs), KeptSince(now, options.Retention.Events));

    /// <summary>Two days of margin: what is past its time goes by whole days, and not to the minute.</summary>
    private static DateTimeOffset KeptSince(DateTimeOffset now, TimeSpan? retention) => retention is { } kept ? now - kept + TimeSpan.FromDays(2) : DateTimeOffset.UnixEpoch;

    private List<SkippedCheck> Skipped(Look look)
    {
        var skipped = Checks.All.Where(check => check.NeedsProcess && look.Scene.Alive.Count == 0).Select(check => new SkippedCheck(check, NoProcess)).ToList();
        skipped.AddRange(Checks.All.Where(check => check.WholeHistory && !options.ReadsWholeHistory).Select(check => new SkippedCheck(check, NotInSlices)));
        if (artifacts is null)
        {
            skipped.Add(new SkippedCheck(Checks.ArtifactMissing, "the artifact folder is not here; name it with --data"));
        }

        return skipped;
    }

    /// <summary>One check-up under way.</summary>
    private sealed record Look(DateTimeOffset Began, CheckTimes Times, DoctorScene Scene, IdFilter? Known)
    {
        private readonly Dictionary<string, long> _examined = new(StringComparer.Ordinal);

        public Breaches Found { get; } = new();

        public IReadOnlyDictionary<string, long> Examined => _examined;

        public void Count(string table, int rows) => _examined[table] = _examined.GetValueOrDefault(table) + rows;

        public IEnumerable<Check> Wanted(Walk walk, CheckupOptions options) => Checks.All.Where(check =>
            check.Walk == walk && check.Statement.Length > 0 && (!check.NeedsProcess || Scene.Alive.Count > 0) && (!check.WholeHistory || options.ReadsWholeHistory));
    }

    private sealed record Page(IReadOnlyList<object> Span, IReadOnlyList<DoctorRow> Rows);
}
