using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class AdmissionConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task An_admitted_job_reads_back_with_every_member()
    {
        var epoch = await OpenEpochAsync();
        var job = Job(owner: epoch, key: "k") with { FairTag = 1.5, ExpiresAt = Now.AddMinutes(1), DeadlineAt = Now.AddMinutes(2), GateKey = "" };
        job = job with
        {
            Row = job.Row with
            {
                ProjectId = "p",
                Priority = -3,
                ActorId = "user-ü",
                TriggerId = "trigger",
                EventId = new EventId(Ids.Next()),
                ParentRunId = new JobId(Ids.Next()),
                RetryOf = new JobId(Ids.Next()),
                PolicyTokenId = "token",
                StartTimeoutMs = 60_000,
                TotalTimeoutMs = 120_000,
                Limit = new JobLimit("printer", 3, 60),
                Depth = 2,
                TraceId = "trace with \" and 🚀",
            },
        };
        await AdmitAsync(job);

        var found = await FindAsync(job);

        found.Row.Inputs.GetRawText().ShouldBe(job.Row.Inputs.GetRawText());
        (found with { Row = found.Row with { Inputs = job.Row.Inputs } }).ShouldBe(job with { HolderEpoch = job.OwnerEpoch });
    }

    [Fact]
    public async Task Fifty_concurrent_admissions_with_one_key_make_one_job()
    {
        var jobs = Enumerable.Range(0, 50).Select(_ => Job(key: "same")).ToArray();

        var admissions = await Task.WhenAll(jobs.Select(job => Task.Run(() => Store.Jobs.AdmitAsync([new NewJob { Job = job }], None))));

        var kinds = admissions.SelectMany(one => one).ToArray();
        kinds.Count(one => one.Kind == AdmissionKind.Admitted).ShouldBe(1);
        kinds.Count(one => one.Kind == AdmissionKind.Existing).ShouldBe(49);
        kinds.Select(one => one.Job!.Id).Distinct().Count().ShouldBe(1);
        (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_second_of_two_jobs_with_one_key_in_one_batch_sees_the_first()
    {
        var (first, second, conflicting) = (Job(key: "k"), Job(key: "k"), Job(key: "k", inputs: """{"target":"staging"}"""));

        var admissions = await Store.Jobs.AdmitAsync([new NewJob { Job = first }, new NewJob { Job = second }, new NewJob { Job = conflicting }], None);

        admissions.Select(one => one.Kind).ShouldBe([AdmissionKind.Admitted, AdmissionKind.Existing, AdmissionKind.KeyConflict]);
        admissions.ShouldAllBe(one => one.Job!.Id == first.Row.Id);
    }

    [Fact]
    public async Task A_key_is_good_for_ever_and_answers_the_job_as_it_stands_now()
    {
        var job = await AdmitAsync(Job(key: "k"));
        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();

        var again = (await Store.Jobs.AdmitAsync([new NewJob { Job = Job(key: "k") }], None))[0];

        again.Kind.ShouldBe(AdmissionKind.Existing);
        again.Job!.Id.ShouldBe(job.Row.Id);
        again.Job.Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_key_belongs_to_its_tenant_and_template()
    {
        await AdmitAsync(Job(key: "k"));
        await AdmitAsync(Job(Other, key: "k"));
        var template = Job(key: "k");
        await AdmitAsync(template with { Row = template.Row with { TemplateKey = "autopilot.ops.diagnose" } });
    }

    [Fact]
    public async Task A_token_starts_one_job_and_its_refusal_leaves_nothing_behind()
    {
        var use = new TokenUse("token-1", "digest", Now.AddHours(1));
        var (first, second) = (Job(key: "a"), Job(key: "b"));

        var admissions = await Store.Jobs.AdmitAsync(
            [new NewJob { Job = first, TokenUse = use }, new NewJob { Job = second, TokenUse = use, Audit = Audit(Acme) }], None);

        admissions.Select(one => one.Kind).ShouldBe([AdmissionKind.Admitted, AdmissionKind.TokenUsed]);
        (await Store.Jobs.FindAsync(Acme, second.Row.Id, None)).ShouldBeNull();
        (await Store.Read.AuditAsync(new AuditQuery { TenantId = Acme }, None)).Items.ShouldBeEmpty();
        // The refused job's key is free for a repeat with a good token.
        await AdmitAsync(second);
    }

    [Fact]
    public async Task Repeating_a_keyed_action_job_with_its_burnt_token_answers_the_job()
    {
        var use = new TokenUse("token-1", "digest", null);
        await Store.Jobs.AdmitAsync([new NewJob { Job = Job(key: "a"), TokenUse = use }], None);

        var again = await Store.Jobs.AdmitAsync([new NewJob { Job = Job(key: "a"), TokenUse = use }], None);

        again[0].Kind.ShouldBe(AdmissionKind.Existing);
    }

    [Fact]
    public async Task A_revoked_token_admits_nothing_for_its_own_tenant_only()
    {
        (await Store.Tenants.RevokeTokenAsync(Acme, "token-1", Now, Audit(Acme), None)).ShouldBeTrue();
        (await Store.Tenants.RevokeTokenAsync(Acme, "token-1", Now, Audit(Acme), None)).ShouldBeFalse();
        var use = new TokenUse("token-1", "digest", null);

        var admissions = await Store.Jobs.AdmitAsync(
            [new NewJob { Job = Job(), TokenUse = use }, new NewJob { Job = Job(Other), TokenUse = use }], None);

        admissions.Select(one => one.Kind).ShouldBe([AdmissionKind.TokenRevoked, AdmissionKind.Admitted]);
        (await Store.Read.AuditAsync(new AuditQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(1, "only the revocation that changed something is audited");
    }

    [Fact]
    public async Task The_audit_row_comes_with_the_admission_and_reads_back()
    {
        var job = Job();
        var audit = Audit(Acme, AuditActions.JobRequest) with
        {
            JobId = job.Row.Id, Code = ErrorCode.PolicyDenied, Reason = "r", ActorId = "a", KeyId = "k", CorrelationId = "c", TraceId = "t",
            TemplateKey = "x", PolicyTokenId = "p", ProjectId = "pr", EventId = new EventId(Ids.Next()), Details = job.Row.Inputs, ScopesGranted = ["ops:write"],
        };

        await Store.Jobs.AdmitAsync([new NewJob { Job = job, Audit = audit }], None);

        var stored = (await Store.Read.AuditAsync(new AuditQuery { TenantId = Acme, JobId = job.Row.Id }, None)).Items.ShouldHaveSingleItem();
        stored.ScopesGranted.ShouldBe(audit.ScopesGranted);
        stored.Details!.Value.GetRawText().ShouldBe(audit.Details!.Value.GetRawText());
        (stored with { ScopesGranted = audit.ScopesGranted, Details = audit.Details }).ShouldBe(audit);
    }

    [Fact]
    public async Task A_bad_row_fails_its_own_call_and_no_neighbour()
    {
        var bad = Job();
        bad = bad with { Row = bad.Row with { Attempts = 4 } };
        var companion = Job();
        var good = Enumerable.Range(0, 20).Select(_ => Job()).ToArray();

        var failing = Task.Run(() => Store.Jobs.AdmitAsync([new NewJob { Job = companion }, new NewJob { Job = bad }], None));
        var admissions = await Task.WhenAll(good.Select(job => Task.Run(() => Store.Jobs.AdmitAsync([new NewJob { Job = job }], None))));

        await Should.ThrowAsync<StoreRejectedException>(failing);
        admissions.ShouldAllBe(one => one[0].Kind == AdmissionKind.Admitted);
        (await Store.Jobs.FindAsync(Acme, companion.Row.Id, None)).ShouldBeNull("a caller's batch is one transaction");
        (await Store.Jobs.CountQueuedAsync(Acme, 100, None)).ShouldBe(20);
    }

    [Fact]
    public async Task A_queued_count_stops_at_its_bound()
    {
        for (var i = 0; i < 5; i++)
        {
            await AdmitAsync(Job());
        }

        (await Store.Jobs.CountQueuedAsync(Acme, 3, None)).ShouldBe(3);
        (await Store.Jobs.CountQueuedAsync(Acme, 9, None)).ShouldBe(5);
        (await Store.Jobs.CountQueuedAsync(Other, 9, None)).ShouldBe(0);
    }
}
