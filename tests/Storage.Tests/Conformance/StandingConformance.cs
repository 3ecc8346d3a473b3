using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class StandingConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task A_ready_jobs_standing_counts_who_starts_before_it_and_names_its_holder()
    {
        var epoch = await OpenEpochAsync("worker-7");
        await AdmitAsync(Job(owner: epoch) with { FairTag = 1 });
        await AdmitAsync(Job(Other, epoch) with { FairTag = 2 });
        await AdmitAsync(Job() with { FairTag = 1 });
        await AdmitAsync(Job(owner: epoch) with { FairTag = 9 });
        var job = await AdmitAsync(Job(owner: epoch) with { FairTag = 3 });

        var facts = (await StandingAsync(job)).ShouldNotBeNull();

        (facts.Ahead, facts.AheadOfTenant).ShouldBe((2, 1));
        facts.Holder.ShouldBe(new HolderFacts(epoch, "worker-7", Now.AddSeconds(10), Open: true));
        await Store.Epochs.CloseAsync(epoch, None);
        (await StandingAsync(job))!.Holder!.Open.ShouldBeFalse();
        (await Store.Read.StandingAsync(Other, job.Row.Id, None)).ShouldBeNull("it is another tenant's");
    }

    [Fact]
    public async Task A_held_jobs_standing_tells_pause_gate_and_children()
    {
        var epoch = await OpenEpochAsync();
        var limit = new JobLimit("printer", 1);
        var first = await AdmitAsync(Gated(limit, 1));
        await Store.Holds.OpenGateAsync(new GateVisit(new GateAddress(Acme, "printer"), default, new Taker(epoch, 0, Now), 10), None);
        await AdmitAsync(Gated(limit, 2));
        var last = await AdmitAsync(Gated(limit, 3));
        await Store.Tenants.PutTenantAsync(new TenantRow(Acme, "Acme", 10, 10, Now) { Limits = new GateLimits(5, 60) }, Audit(Acme), None);
        await Store.Tenants.PauseAsync(new PauseRow(Acme, null, "month end", "ada", Now), Audit(Acme), None);

        var facts = (await StandingAsync(last))!;

        (facts.AheadAtGate, facts.KeyPassed, facts.TenantPassed, facts.TenantLimits).ShouldBe((1, 1, 1, new GateLimits(5, 60)));
        facts.Pause.ShouldBe(new PauseRow(Acme, null, "month end", "ada", Now));
        var child = Job();
        await AdmitAsync(child with { Row = child.Row with { ParentRunId = first.Row.Id } });
        var parent = await FindAsync(first);
        await Store.Holds.ParkAsync(new ParkedJob(parent.Fence, JobHold.Children, null, Now), None);
        (await StandingAsync(first))!.OpenChildren.ShouldBe(1);
    }

    [Fact]
    public async Task Pauses_are_stored_once_a_scope_move_the_registry_and_go_away_by_a_resume()
    {
        var before = await Store.Registry.VersionAsync(None);
        var pause = new PauseRow(null, "a.b", "broken", "ada", Now);
        await Store.Tenants.PauseAsync(pause, Audit(null), None);
        await Store.Tenants.PauseAsync(pause with { Reason = "still broken" }, Audit(null), None);
        await Store.Tenants.PauseAsync(new PauseRow(Other, null, null, null, Now), Audit(Other), None);

        (await Store.Registry.VersionAsync(None)).ShouldNotBe(before);
        (await Store.Registry.LoadAsync(None)).Pauses.Count.ShouldBe(2);
        (await Store.Read.PausesAsync(Acme, None)).ShouldBe([pause with { Reason = "still broken" }]);
        (await Store.Read.PausesAsync(null, None)).Count.ShouldBe(2);
        (await Store.Tenants.ResumeAsync(null, "a.b", Audit(null), None)).ShouldBeTrue();
        (await Store.Tenants.ResumeAsync(null, "a.b", Audit(null), None)).ShouldBeFalse();
        (await Store.Read.PausesAsync(Acme, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_letters_are_the_tenants_failed_jobs_newest_first_page_by_page()
    {
        var failed = new List<StoredJob>();
        for (var i = 0; i < 3; i++)
        {
            failed.Add(await FailAsync());
        }

        await FailAsync(JobStatus.Succeeded);
        await AdmitAsync(Job());
        var all = new DeadLetterFilter { TenantId = Acme };

        var first = await Store.Read.DeadLettersAsync(new DeadLetterQuery(all, 2), None);
        var second = await Store.Read.DeadLettersAsync(new DeadLetterQuery(all, 2, first.NextCursor), None);

        first.Items.Concat(second.Items).Select(job => job.Id).ShouldBe(failed.AsEnumerable().Reverse().Select(job => job.Row.Id));
        second.NextCursor.ShouldBeNull();
        (await Store.Read.DeadLettersAsync(new DeadLetterQuery(all with { TenantId = Other }), None)).Items.ShouldBeEmpty();
        (await Store.Read.CountDeadLettersAsync(all, 100, None)).ShouldBe([new DeadLetterCount("autopilot.ops.scan", StatusReasons.PermanentError, 3)]);
        (await Store.Read.CountDeadLettersAsync(all, 2, None)).ShouldHaveSingleItem().Count.ShouldBe(2, "the count is bounded");
        await Should.ThrowAsync<FormatException>(() => Store.Read.DeadLettersAsync(new DeadLetterQuery(all, 2, "nonsense"), None));
    }

    [Fact]
    public async Task Every_member_of_a_dead_letter_filter_must_match()
    {
        await FailAsync();
        var filter = new DeadLetterFilter { TenantId = Acme, TemplateKey = "autopilot.ops.scan", StatusReason = StatusReasons.PermanentError, ErrorCode = "handler_error", Attempts = 1, FromTime = Now, ToTime = Now };
        (await CountAsync(filter)).ShouldBe(1);

        foreach (var other in (DeadLetterFilter[])
            [
                filter with { TemplateKey = "other" }, filter with { StatusReason = "other" }, filter with { ErrorCode = "other" }, filter with { Attempts = 2 },
                filter with { FromTime = Now.AddSeconds(1) }, filter with { ToTime = Now.AddSeconds(-1) },
            ])
        {
            (await CountAsync(other)).ShouldBe(0, $"{other}");
            (await Store.Read.CountDeadLettersAsync(other, 100, None)).ShouldBeEmpty($"{other}");
        }

        async Task<int> CountAsync(DeadLetterFilter one) => (await Store.Read.DeadLettersAsync(new DeadLetterQuery(one), None)).Items.Count;
    }

    private Task<StandingFacts?> StandingAsync(StoredJob job) => Store.Read.StandingAsync(job.Row.TenantId, job.Row.Id, None);

    private StoredJob Gated(JobLimit limit, double tag)
    {
        var job = Job();
        return job with { Row = job.Row with { Limit = limit }, Hold = JobHold.Limit, GateKey = limit.Key, FairTag = tag };
    }

    private async Task<StoredJob> FailAsync(JobStatus status = JobStatus.Failed)
    {
        var job = await AdmitAsync(Job());
        (await Store.Jobs.FinishAsync(Finished(job, status), None)).ShouldBeTrue();
        return job;
    }
}
