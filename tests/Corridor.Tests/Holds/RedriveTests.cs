using JobForge.Contracts.Audit;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;

namespace JobForge.Corridor.Tests.Holds;

public sealed class RedriveTests
{
    private static readonly HandlerResult Broken = HandlerResult.Permanent("broken", "It broke.");

    [Fact]
    public async Task A_redrive_runs_each_matching_failed_job_again_once_and_is_audited()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var failed = await FailAsync(silo, 5);
        var other = await FailAsync(silo, 1, TestTemplates.Autopilot);

        var first = await RedriveAsync(silo);
        var second = await RedriveAsync(silo);

        Number(first, "redriven").ShouldBe(5);
        (Number(second, "redriven"), Number(second, "skipped")).ShouldBe((0, 5));
        var jobs = (await silo.Read.JobsAsync(new JobQuery { TenantId = CorridorSilo.Acme, TemplateKey = TestTemplates.Work }, CancellationToken.None)).Items;
        var copies = jobs.Where(job => job.RetryOf is not null).ToList();
        copies.Select(job => job.RetryOf!.Value).ShouldBe(failed.Select(job => job.Id), ignoreOrder: true);
        foreach (var copy in copies)
        {
            (await silo.EndOfAsync(copy)).Status.ShouldBe(JobStatus.Succeeded);
        }

        (await silo.ReadAsync(other[0])).Status.ShouldBe(JobStatus.Failed);
        (await silo.Read.AuditAsync(new AuditQuery { TenantId = CorridorSilo.Acme, Action = AuditActions.JobsRedrive }, CancellationToken.None)).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_redrive_is_paced_looks_at_no_more_than_its_max_and_stops_on_cancel()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await FailAsync(silo, 4);

        Number(await RedriveAsync(silo, max: 1), "looked_at").ShouldBe(1);
        var slow = await StartRedriveAsync(silo, perSecond: 0.01);
        await silo.WaitForAsync(slow, row => row.Progress is not null || row.Status == JobStatus.Running);
        (await silo.CancelAsync(slow)).IsRefused.ShouldBeFalse();

        (await silo.EndOfAsync(slow)).Status.ShouldBe(JobStatus.Canceled);
        var jobs = (await silo.Read.JobsAsync(new JobQuery { TenantId = CorridorSilo.Acme, TemplateKey = TestTemplates.Work }, CancellationToken.None)).Items;
        jobs.Count(job => job.RetryOf is not null).ShouldBeInRange(1, 2);
    }

    private static async Task<List<JobRow>> FailAsync(CorridorSilo silo, int count, string template = TestTemplates.Work)
    {
        silo.Handlers[template].Body = (_, _) => Task.FromResult(Broken);
        var failed = new List<JobRow>();
        for (var i = 0; i < count; i++)
        {
            failed.Add(await silo.EndOfAsync(await silo.AdmitAsync(silo.Request(template))));
        }

        silo.Handlers[template].Body = (_, _) => Task.FromResult(ScriptedHandler.Done);
        return failed;
    }

    private static async Task<JobRow> RedriveAsync(CorridorSilo silo, int max = 100) => await silo.EndOfAsync(await StartRedriveAsync(silo, perSecond: 1000, max));

    private static async Task<JobRow> StartRedriveAsync(CorridorSilo silo, double perSecond, int max = 100)
    {
        var filter = new DeadLetterFilter { TenantId = CorridorSilo.Acme, TemplateKey = TestTemplates.Work, ErrorCode = "broken" };
        var outcome = await silo.Grains.Tenant(CorridorSilo.Acme).Redrive(
            new RedriveJobs(CorridorSilo.Caller, new RedriveRequest(filter, perSecond, max, DryRun: false, "after the fix", "ada")));
        outcome.Refusal.ShouldBeNull();
        return outcome.Value!.Job!;
    }

    private static int Number(JobRow job, string member) => job.Result.ShouldNotBeNull($"{job.Error}").GetProperty(member).GetInt32();
}
