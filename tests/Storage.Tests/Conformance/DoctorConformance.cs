using System.Text;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Manifests;
using JobForge.Storage.Artifacts;
using JobForge.Storage.Doctor;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

/// <summary>Every check finds nothing in a healthy store, finds its breach when one is planted, and, where it repairs, heals it once and leaves an audit row.</summary>
public abstract class DoctorConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(75);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobforge-doctor-");

    /// <summary>Breaches by the name of the check that must find them. The clock of these tests is far from the store's: that check has a test of its own.</summary>
    private static Dictionary<string, Func<DoctorConformance<TFixture>, Task>> Plants { get; } = new(StringComparer.Ordinal)
    {
        ["epoch-overdue"] = test => test.LeaveAsync(close: false, []),
        ["lease-ahead"] = async test => await test.RenewAsync(await test.OpenEpochAsync(), TimeSpan.FromHours(1)),
        ["gate-stuck"] = test => test.ForgetAsync(test.Job() with { Hold = JobHold.Limit, GateKey = "printer" }),
        ["bucket-ahead"] = test => test.Fixture.SqlAsync($"INSERT INTO jobforge_gates (tenant_id, gate_key, tokens, refilled_at) VALUES ('acme', 'printer', 0, {test.Fixture.Literal(test.Now.AddHours(1))})"),
        ["tenant-unknown"] = test => test.AdmitAsync(test.Sound(test.Job(Stranger))),
        ["history-tenant-unknown"] = async test => await test.EndAsync(test.Job(Stranger, owner: await test.OpenEpochAsync())),
        ["event-tenant-unknown"] = async test => await test.Store.Events.AppendAsync([test.Event("a", Stranger)], None),
        ["job-in-two-places"] = async test =>
        {
            await test.EndAsync(test.Job(owner: await test.OpenEpochAsync()));
            await test.Fixture.SqlAsync("""
                INSERT INTO jobforge_jobs (id, fair_tag, run_at, created_at, updated_at, attempts, max_attempts, timeout_ms, priority, write_start_first, tenant_id,
                  template_key, template_version, status, inputs_digest, trace_id, inputs)
                SELECT id, 0, run_at, created_at, updated_at, 0, max_attempts, timeout_ms, priority, false, tenant_id, template_key, template_version, 'queued',
                  inputs_digest, trace_id, inputs
                FROM jobforge_finished_jobs
                """);
        },
        ["owner-unknown"] = async test =>
        {
            await test.AdmitAsync(test.Sound(test.Job(owner: await test.OpenEpochAsync())));
            await test.Fixture.SqlAsync("DELETE FROM jobforge_epochs");
        },
        ["owner-gone"] = async test => await test.LeaveAsync(close: true, [test.Job()]),
        ["owner-idle"] = async test =>
        {
            var epoch = await test.OpenEpochAsync();
            await test.AdmitAsync(test.Sound(test.Job(owner: epoch)));
            test.Time.Advance(Later);
            await test.RenewAsync(epoch, TimeSpan.FromSeconds(10));
        },
        ["job-unowned"] = test => test.ForgetAsync(test.Job()),
        ["wait-overdue"] = test => test.ForgetAsync(test.Job() with { WaitUntil = test.Now.AddSeconds(1) }),
        ["expiry-overdue"] = test => test.ForgetAsync(test.Job() with { ExpiresAt = test.Now.AddSeconds(1), WaitUntil = test.Now.AddHours(1) }),
        ["cancel-overdue"] = async test =>
        {
            var running = await test.RunningAsync();
            (await test.Store.Jobs.RequestCancelAsync(running.Fence, test.Now, None)).ShouldBeTrue();
            test.Time.Advance(Later);
        },
        ["run-overtime"] = async test =>
        {
            await test.RunningAsync();
            test.Time.Advance(Later);
        },
        ["parent-unwoken"] = async test =>
        {
            await test.AdmitAsync(test.Sound(test.Job()));
            await test.Fixture.SqlAsync("UPDATE jobforge_jobs SET hold = 'children'");
            await test.OpenEpochAsync("watcher");
            test.Time.Advance(Later);
        },
        ["paused-without-pause"] = async test =>
        {
            var job = await test.AdmitAsync(test.Sound(test.Job(owner: await test.OpenEpochAsync())));
            (await test.Store.Holds.ParkAsync(new ParkedJob(job.Fence, JobHold.Paused, null, test.Now), None)).ShouldBeTrue();
            test.Time.Advance(Later);
        },
        ["job-key-missing"] = async test =>
        {
            await test.AdmitAsync(test.Sound(test.Job(key: "k")));
            await test.Fixture.SqlAsync("DELETE FROM jobforge_idempotency_keys");
        },
        ["inputs-changed"] = async test =>
        {
            await test.AdmitAsync(test.Sound(test.Job()));
            await test.Fixture.SqlAsync("""UPDATE jobforge_jobs SET inputs = '{"target":"elsewhere"}'""");
        },
        ["job-finished-twice"] = async test =>
        {
            await test.EndAsync(test.Job(owner: await test.OpenEpochAsync()));
            await test.Fixture.SqlAsync("DROP INDEX jobforge_finished_jobs_tenant; INSERT INTO jobforge_finished_jobs SELECT * FROM jobforge_finished_jobs");
        },
        ["manifest-disagrees"] = async test =>
        {
            await test.EndAsync(test.Job(owner: await test.OpenEpochAsync()));
            await test.Fixture.SqlAsync("UPDATE jobforge_finished_jobs SET status = 'failed'");
        },
        ["attempts-miscounted"] = async test => await test.EndAsync(test.Job(owner: await test.OpenEpochAsync()), attempts: 2),
        ["artifact-missing"] = async test => await test.EndAsync(test.Job(owner: await test.OpenEpochAsync()), checksum: new string('a', 64)),
        ["token-without-job"] = async test =>
        {
            await test.Store.Jobs.AdmitAsync([new NewJob { Job = test.Sound(test.Job()), TokenUse = new TokenUse("token-1", "digest", null) }], None);
            await test.Fixture.SqlAsync("DELETE FROM jobforge_jobs");
        },
        ["event-key-without-event"] = async test =>
        {
            await test.Store.Events.AppendAsync([test.Event("a", Acme)], None);
            await test.Fixture.SqlAsync("DELETE FROM jobforge_events");
        },
        ["key-without-job"] = async test =>
        {
            await test.AdmitAsync(test.Sound(test.Job(key: "k")));
            await test.Fixture.SqlAsync("DELETE FROM jobforge_jobs");
            test.Time.Advance(TimeSpan.FromMinutes(2));
        },
    };

    public static TheoryData<string> Names => new(Plants.Keys);

    private static Contracts.Ids.TenantId Stranger { get; } = new("stranger");

    [Fact]
    public void Every_check_has_its_breach() =>
        Checks.All.Select(check => check.Name).Except(Plants.Keys, StringComparer.Ordinal).ShouldBe(["clock-skew", "partition-gap"]);

    [Fact]
    public async Task A_healthy_store_gives_nothing()
    {
        await LiveAsync();
        var report = await ExamineAsync();

        report.Findings.ShouldBeEmpty();
        report.Skipped.ShouldBeEmpty();
        report.Processes.ShouldBe(2);
        (report.Examined["jobforge_jobs"], report.Examined["jobforge_finished_jobs"], report.Examined["jobforge_idempotency_keys"]).ShouldBe((6, 2, 2));
    }

    [Fact]
    public async Task A_clock_that_differs_from_the_stores_is_told()
    {
        await RegisterAsync();
        (await RunAsync(Options)).Findings.ShouldHaveSingleItem().Check.ShouldBe(Checks.ClockSkew);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_planted_breach_is_found_told_and_where_it_can_be_repaired_healed_once_with_an_audit_row(string name)
    {
        await RegisterAsync();
        await Plants[name](this);
        await StayAliveAsync();

        var found = (await ExamineAsync()).Findings.Where(finding => finding.Check.Name == name).ToList().ShouldHaveSingleItem();
        found.Count.ShouldBe(1);
        found.Samples.ShouldHaveSingleItem().Story.ShouldNotBeNullOrWhiteSpace();
        found.Repaired.ShouldBe(0, "nobody asked for it");

        var repaired = (await ExamineAsync(repair: true)).Findings.Where(finding => finding.Check.Name == name).ToList().ShouldHaveSingleItem();
        var audit = (await Store.Read.AuditAsync(new AuditQuery { Action = AuditActions.DoctorRepair }, None)).Items.Where(row => row.Reason == name).ToList();
        repaired.Repaired.ShouldBe(found.Check.Repair is null ? 0 : 1);
        audit.Count.ShouldBe(repaired.Repaired);
        (await ExamineAsync()).Findings.Any(finding => finding.Check.Name == name).ShouldBe(found.Check.Repair is null);
    }

    [Fact]
    public async Task What_is_gone_at_the_second_look_is_no_finding()
    {
        await LiveAsync();
        await ForgetAsync(Job());
        await StayAliveAsync();
        var options = Options with { SecondLook = TimeSpan.FromSeconds(1) };
        var checkup = RunAsync(options);
        await Time.WhenArmedAsync(1);

        var epoch = await OpenEpochAsync();
        await Store.Queue.TakeReadyAsync(epoch, 10, None);
        Time.Advance(TimeSpan.FromSeconds(1));

        (await checkup).Findings.Select(finding => finding.Check.Name).ShouldNotContain("job-unowned", StringComparer.Ordinal);
    }

    [Fact]
    public async Task Without_any_process_waiting_is_no_breach_and_the_report_says_so()
    {
        await RegisterAsync();
        await ForgetAsync(Job());
        Time.Advance(TimeSpan.FromHours(1));

        var report = await ExamineAsync();

        report.Findings.Where(finding => finding.Check.NeedsProcess).ShouldBeEmpty();
        report.Skipped.Select(skipped => skipped.Check.Name).ShouldContain("job-unowned", StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_may_have_been_forgotten_is_not_missed()
    {
        await RegisterAsync();
        await EndAsync(Job(owner: await OpenEpochAsync(), key: "k"), attempts: 2);
        await Fixture.SqlAsync("DELETE FROM jobforge_idempotency_keys");
        Time.Advance(TimeSpan.FromDays(6));
        var kept = Options with { Retention = new Retention { FinishedJobs = TimeSpan.FromDays(7) } };

        NamesOf(await RunAsync(Options)).ShouldBe(["job-key-missing", "attempts-miscounted"], ignoreOrder: true);
        NamesOf(await RunAsync(kept)).ShouldBeEmpty("its keys and attempts go before it does");

        static IEnumerable<string> NamesOf(CheckupReport report) =>
            report.Findings.Select(finding => finding.Check.Name).Where(name => name is not ("clock-skew" or "partition-gap"));
    }

    [Fact]
    public async Task A_bounded_look_goes_on_where_the_last_one_stopped_and_sees_everything_in_the_end()
    {
        await RegisterAsync();
        var epoch = await OpenEpochAsync();
        for (var i = 0; i < 5; i++)
        {
            await EndAsync(Job(owner: epoch));
        }

        await Fixture.SqlAsync("UPDATE jobforge_finished_jobs SET status = 'failed'");
        var checkup = Checkup(Options with { PageRows = 2, HistoryPages = 1 });
        var seen = new List<int>();
        for (var look = 0; look < 3; look++)
        {
            seen.Add((await checkup.RunAsync(None)).Findings.Where(finding => finding.Check.Name == "manifest-disagrees").Sum(finding => finding.Count));
        }

        seen.ShouldBe([2, 2, 1]);
    }

    [Fact]
    public async Task Bytes_that_are_not_those_of_the_checksum_are_found_by_a_deep_look()
    {
        await RegisterAsync();
        var artifacts = Artifacts();
        var kept = await artifacts.WriteAsync(new MemoryStream(Encoding.UTF8.GetBytes("report")), 100, None);
        await EndAsync(Job(owner: await OpenEpochAsync()), checksum: kept.Sha256);
        (await ExamineAsync()).Findings.ShouldBeEmpty();

        await File.WriteAllTextAsync(Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories).Single(), "forged", None);

        (await RunAsync(Options with { Deep = true })).Findings.Select(finding => finding.Check).ShouldContain(Checks.ArtifactMissing);
    }

    protected override void Cleanup() => _folder.Delete(recursive: true);

    private static CheckupOptions Options => new() { Rest = TimeSpan.Zero, SecondLook = TimeSpan.Zero, Actor = "tester" };

    private FileArtifactStore Artifacts() => new(_folder.FullName, Ids);

    private Checkup Checkup(CheckupOptions options) => new(Store.Doctor, Artifacts(), options, Time, Ids);

    private Task<CheckupReport> RunAsync(CheckupOptions options) => Checkup(options).RunAsync(None);

    private async Task<CheckupReport> ExamineAsync(bool repair = false)
    {
        var report = await RunAsync(Options with { Repair = repair });
        return report with { Findings = [.. report.Findings.Where(finding => finding.Check != Checks.ClockSkew)] };
    }

    private Task RegisterAsync() => Store.Tenants.PutTenantAsync(new TenantRow(Acme, "Acme", 1, 1, Now), Audit(Acme), None);

    /// <summary>A little of everything that is in order: ready, waiting, parked, running and ended jobs, with keys and tokens, and events.</summary>
    private async Task LiveAsync()
    {
        await RegisterAsync();
        var epoch = await OpenEpochAsync();
        await AdmitAsync(Sound(Job(owner: epoch, key: "open")));
        await AdmitAsync(Sound(Job() with { WaitUntil = Now.AddHours(1) }));
        await RunningAsync(TimeSpan.FromHours(1));
        var parent = await AdmitAsync(Sound(Job(owner: epoch)));
        var child = Job() with { WaitUntil = Now.AddHours(1) };
        await AdmitAsync(Sound(child with { Row = child.Row with { ParentRunId = parent.Row.Id } }));
        await Store.Tenants.PauseAsync(new PauseRow(Acme, "other.template", null, null, Now), Audit(Acme), None);
        var paused = Job(owner: epoch);
        paused = await AdmitAsync(Sound(paused with { Row = paused.Row with { TemplateKey = "other.template" } }));
        (await Store.Holds.ParkAsync(new ParkedJob(paused.Fence, JobHold.Paused, null, Now), None)).ShouldBeTrue();
        await EndAsync(Job(owner: epoch, key: "ended"));
        await Store.Jobs.AdmitAsync([new NewJob { Job = Sound(Job(owner: epoch)), TokenUse = new TokenUse("token-0", "digest", null) }], None);
        var burnt = (await Store.Queue.LoadOwnedAsync(epoch, epoch, QueuePosition.Start, 10, None))[^1];
        (await Store.Jobs.FinishAsync(Finished(burnt), None)).ShouldBeTrue();
        await Store.Events.AppendAsync([Event("healthy", Acme)], None);
    }

    /// <summary>One process lives now and has nothing to do. It owns nothing.</summary>
    private async Task StayAliveAsync() => await RenewAsync(await OpenEpochAsync("idle"), TimeSpan.FromSeconds(10));

    private async Task RenewAsync(long epoch, TimeSpan lease) => (await Store.Epochs.RenewAsync(epoch, Now, Now + lease, hungry: true, None)).Alive.ShouldBeTrue();

    /// <summary>With the digest that its inputs really have.</summary>
    private StoredJob Sound(StoredJob job) => job with { Row = job.Row with { InputsDigest = CanonicalJson.Digest(job.Row.Inputs) } };

    /// <summary>Admitted, and left alone for long.</summary>
    private async Task ForgetAsync(StoredJob job)
    {
        await AdmitAsync(Sound(job));
        Time.Advance(Later);
    }

    /// <summary>A process that owned the jobs, and ended long ago.</summary>
    private async Task LeaveAsync(bool close, IReadOnlyList<StoredJob> jobs)
    {
        var epoch = await OpenEpochAsync("gone");
        foreach (var job in jobs)
        {
            await AdmitAsync(Sound(job with { OwnerEpoch = epoch }));
        }

        if (close)
        {
            await Store.Epochs.CloseAsync(epoch, None);
        }

        Time.Advance(Later);
    }

    private async Task<StoredJob> RunningAsync(TimeSpan? timeout = null)
    {
        var job = Sound(Job(owner: await OpenEpochAsync()));
        await AdmitAsync(job with { Row = job.Row with { TimeoutMs = (int)(timeout ?? TimeSpan.FromSeconds(1)).TotalMilliseconds } });
        (await Store.Jobs.StartAsync(job.Fence, Now, None)).ShouldBeTrue();
        return await FindAsync(job);
    }

    private async Task EndAsync(StoredJob job, int attempts = 1, string? checksum = null)
    {
        var run = Finished(await AdmitAsync(Sound(job)), attempts: attempts);
        var outputs = checksum is null ? [] : (IReadOnlyList<ManifestOutput>)[new ManifestOutput("report.json", "json", "/v1/x", 6, "sha256:" + checksum)];
        (await Store.Jobs.FinishAsync(run with { Manifest = run.Manifest with { Outputs = outputs } }, None)).ShouldBeTrue();
    }

    private NewEvent Event(string key, Contracts.Ids.TenantId tenant) => new(
        new()
        {
            Id = new(Ids.Next()),
            TenantId = tenant,
            EventVersion = "1.0",
            EventType = "infrastructure.alert",
            OccurredAt = Now,
            ReceivedAt = Now,
            TraceId = "trace-1",
            SourceApp = "ops",
            Payload = ContractJson.EmptyObject,
            CreatedAt = Now,
        },
        "digest", key, UniqueByContent: false);
}
