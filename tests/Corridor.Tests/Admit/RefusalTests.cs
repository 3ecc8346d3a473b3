using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Admit;

/// <summary>Every no of admission: its code, its text, and that it leaves no job behind. The texts stand here literally, since callers branch on them.</summary>
public sealed class RefusalTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(FeatureFlag.AutopilotJobsEnabled, TestTemplates.Autopilot, ErrorCode.FeatureDisabled, "Autopilot jobs are disabled. Set JOBFORGE_AUTOPILOT_JOBS_ENABLED=1 to enable.")]
    [InlineData(FeatureFlag.ActionJobsEnabled, TestTemplates.Action, ErrorCode.FeatureDisabled, "Action jobs are disabled. Set JOBFORGE_ACTION_JOBS_ENABLED=1 to enable.")]
    [InlineData(null, TestTemplates.Action, ErrorCode.PolicyDenied, "Policy token required for action jobs")]
    [InlineData(null, TestTemplates.Disabled, ErrorCode.TemplateDisabled, "Template is disabled: test.disabled")]
    [InlineData(null, "no.such.template", ErrorCode.NotFound, "Template not found: no.such.template")]
    public async Task A_refused_request_says_why_in_the_frozen_words_and_makes_no_job(FeatureFlag? off, string template, ErrorCode code, string text)
    {
        await using var silo = await CorridorSilo.StartAsync(off: off is { } flag ? [flag] : []);

        var refusal = (await silo.RequestAsync(silo.Request(template))).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.Message).ShouldBe((code, text));
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(0);
    }

    [Fact]
    public async Task Events_are_refused_while_ingestion_is_off_and_none_is_stored()
    {
        await using var silo = await CorridorSilo.StartAsync(off: [FeatureFlag.EventsEnabled]);

        var refusal = (await silo.Grains.EventIntake().Submit(Submission(CorridorSilo.Acme))).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.Message).ShouldBe((ErrorCode.FeatureDisabled, "Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable."));
        silo.Folder.Count("SELECT count(*) FROM jobforge_events").ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_that_nobody_created_is_not_found_at_either_door()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var stranger = new TenantId("stranger");

        var job = (await silo.RequestAsync(silo.Request() with { TenantId = stranger })).Refusal;
        var submitted = (await silo.Grains.EventIntake().Submit(Submission(stranger))).Refusal;

        (job!.Code, job.Message).ShouldBe((ErrorCode.NotFound, "Tenant not found: stranger"));
        (submitted!.Code, submitted.Message).ShouldBe((ErrorCode.NotFound, "Tenant not found: stranger"));
    }

    [Fact]
    public async Task A_switched_off_feature_is_reported_before_anything_is_validated()
    {
        await using var silo = await CorridorSilo.StartAsync(off: [FeatureFlag.ActionJobsEnabled]);

        var refusal = (await silo.RequestAsync(silo.Request(TestTemplates.Action, """{"target":7}""") with { PolicyToken = "no token" })).Refusal;

        refusal!.Code.ShouldBe(ErrorCode.FeatureDisabled);
    }

    [Fact]
    public async Task Inputs_against_the_schema_are_refused_with_the_path_of_each_fault()
    {
        await using var silo = await CorridorSilo.StartAsync();

        var refusal = (await silo.RequestAsync(silo.Request(TestTemplates.Action, """{"steps":[{"count":1},{"count":"two"}]}"""))).Refusal;

        refusal!.Code.ShouldBe(ErrorCode.ValidationError);
        refusal.Details.Select(detail => detail.Field).ShouldBe(["inputs.target", "inputs.steps.1.count"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_template_that_no_handler_serves_cannot_be_enabled_and_is_refused_when_sql_enabled_it()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var change = new TemplateChange(CorridorSilo.Caller, TestTemplates.Unserved, new() { Enabled = true });
        (await silo.Grains.Registry().PatchTemplate(change)).Refusal!.Code.ShouldBe(ErrorCode.Conflict);

        silo.Folder.Sql("UPDATE jobforge_job_templates SET enabled = true WHERE template_key = 'test.unserved'");

        await CorridorSilo.WaitUntilAsync(async () =>
            (await silo.RequestAsync(silo.Request(TestTemplates.Unserved))).Refusal is { Code: ErrorCode.TemplateDisabled } refusal
            && refusal.Message == "Template is disabled: test.unserved (no handler serves it)");
    }

    [Fact]
    public async Task Above_its_rate_a_tenant_is_told_when_to_come_back_and_others_are_not_slowed()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.PutTenantAsync(CorridorSilo.Acme, perMinute: 2);
        await silo.AdmitAsync();
        await silo.AdmitAsync();

        var refusal = (await silo.RequestAsync(silo.Request())).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(ErrorCode.RateLimited);
        refusal.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        await silo.AdmitAsync(silo.Request() with { TenantId = CorridorSilo.Rival });
    }

    [Fact]
    public async Task A_full_backlog_refuses_until_a_job_has_left_it()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.PutTenantAsync(CorridorSilo.Acme, maxQueued: 2);
        var later = silo.Request() with { RunAt = TimeProvider.System.GetUtcNow().AddHours(1) };
        var first = await silo.AdmitAsync(later);
        await silo.AdmitAsync(later);

        var refusal = (await silo.RequestAsync(later)).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.RetryAfter).ShouldBe((ErrorCode.QuotaExceeded, TimeSpan.FromSeconds(1)));
        (await silo.CancelAsync(first)).Refusal.ShouldBeNull();
        await CorridorSilo.WaitUntilAsync(async () => !(await silo.RequestAsync(later)).IsRefused);
    }

    [Fact]
    public async Task A_used_idempotency_key_answers_the_first_job_and_refuses_other_inputs()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var keyed = silo.Request() with { IdempotencyKey = "monday" };
        var job = await silo.AdmitAsync(keyed);

        var again = (await silo.RequestAsync(keyed with { Inputs = JsonElement.Parse("""{ "target" : "production" }""") })).Value.ShouldNotBeNull();
        var other = (await silo.RequestAsync(keyed with { Inputs = JsonElement.Parse("""{"target":"staging"}""") })).Refusal.ShouldNotBeNull();

        (again.Replayed, again.Job!.Id).ShouldBe((true, job.Id));
        (other.Code, other.Message).ShouldBe((ErrorCode.Conflict, "The idempotency key was used before with other inputs."));
        (await silo.AdmitAsync(keyed with { TenantId = CorridorSilo.Rival })).Id.ShouldNotBe(job.Id);
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(2);
    }

    [Fact]
    public async Task A_dry_run_lists_every_reason_and_makes_no_job()
    {
        await using var silo = await CorridorSilo.StartAsync(off: [FeatureFlag.ActionJobsEnabled]);

        var answer = (await silo.RequestAsync(silo.Request(TestTemplates.Action, "{}") with { DryRun = true })).Value.ShouldNotBeNull();

        (answer.DryRun, answer.WouldExecute, answer.Job).ShouldBe((true, false, null));
        answer.Reasons!.Count.ShouldBe(3);
        answer.Reasons[0].ShouldBe("Action jobs are disabled. Set JOBFORGE_ACTION_JOBS_ENABLED=1 to enable.");
        answer.Reasons[1].ShouldContain("inputs.target");
        answer.Reasons[2].ShouldBe("Policy token required for action jobs");
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(0);
    }

    [Fact]
    public async Task In_a_batch_each_request_is_judged_for_itself_and_answered_in_order()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var batch = new[] { silo.Request(), silo.Request(TestTemplates.Disabled), silo.Request() with { DryRun = true }, silo.Request() };

        var answers = (await silo.Grains.Tenant(CorridorSilo.Acme).RequestJobs(new JobBatchSubmission(CorridorSilo.Caller, batch))).Jobs;

        answers.Select(answer => (answer.Refusal?.Code, answer.Value?.Job is not null))
            .ShouldBe([(null, true), (ErrorCode.TemplateDisabled, false), (null, false), (null, true)]);
    }

    private static EventSubmission Submission(TenantId tenant) => new(CorridorSilo.Caller, tenant,
        [new SubmittedEvent(new EventEnvelope { EventType = "site.changed", TraceId = "trace-1", TenantId = tenant, SourceApp = "external" })]);
}
