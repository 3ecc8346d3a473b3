using JobForge.Contracts.Audit;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Holds;

public sealed class PauseTests
{
    [Theory]
    [InlineData(null, TestTemplates.Work)]
    [InlineData("acme", null)]
    [InlineData("acme", TestTemplates.Work)]
    public async Task Paused_jobs_are_admitted_and_do_not_start_until_the_resume_and_others_do(string? tenant, string? template)
    {
        await using var silo = await CorridorSilo.StartAsync();
        await PauseAsync(silo, tenant, template);

        var held = await silo.AdmitAsync();
        (held.Status, held.StatusReason).ShouldBe((JobStatus.Queued, StatusReasons.Paused));
        var other = await silo.AdmitAsync(silo.Request(tenant is null ? TestTemplates.Autopilot : TestTemplates.Work) with { TenantId = CorridorSilo.Rival });
        (await silo.EndOfAsync(other)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.ReadAsync(held)).StatusReason.ShouldBe(StatusReasons.Paused);

        await ResumeAsync(silo, tenant, template);

        (await silo.EndOfAsync(held)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task What_waited_in_memory_is_parked_when_it_comes_up_and_what_runs_goes_on()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var running = await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var waiting = await silo.AdmitAsync();
        await PauseAsync(silo, "acme", null);

        gate.Open();

        (await silo.EndOfAsync(running)).Status.ShouldBe(JobStatus.Succeeded);
        await silo.WaitForAsync(waiting, row => row.StatusReason == StatusReasons.Paused);
        silo.Work.StartCount.ShouldBe(1);
        await ResumeAsync(silo, "acme", null);
        (await silo.EndOfAsync(waiting)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_paused_job_can_be_canceled_and_a_resume_by_sql_is_found_by_the_sweep()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { SweepEvery = TimeSpan.FromMilliseconds(50) });
        await PauseAsync(silo, "acme", null);
        var canceled = await silo.AdmitAsync();
        var held = await silo.AdmitAsync();

        (await silo.CancelAsync(canceled)).Value!.Status.ShouldBe(JobStatus.Canceled);
        silo.Folder.Sql("DELETE FROM jobforge_pauses").ShouldBe(1);

        (await silo.EndOfAsync(held)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.ReadAsync(canceled)).Status.ShouldBe(JobStatus.Canceled);
    }

    [Fact]
    public async Task Pause_and_resume_are_audited_with_their_reason_and_say_whether_they_changed_anything()
    {
        await using var silo = await CorridorSilo.StartAsync();

        (await PauseAsync(silo, "acme", TestTemplates.Work)).ShouldBeTrue();
        (await PauseAsync(silo, "acme", TestTemplates.Work)).ShouldBeFalse();
        (await ResumeAsync(silo, "acme", TestTemplates.Work)).ShouldBeTrue();
        (await ResumeAsync(silo, "acme", TestTemplates.Work)).ShouldBeFalse();
        (await silo.Grains.Registry().Pause(new PauseChange(CorridorSilo.Caller, null, "no.such", null))).IsRefused.ShouldBeTrue();

        var entries = (await silo.Read.AuditAsync(new AuditQuery { TenantId = CorridorSilo.Acme, Action = AuditActions.JobsPause }, CancellationToken.None)).Items;
        entries.Count.ShouldBe(2);
        entries.ShouldAllBe(entry => entry.Reason == "month end" && entry.TemplateKey == TestTemplates.Work && entry.ActorId == "ada");
    }

    [Fact]
    public async Task A_backlog_released_after_a_long_pause_does_not_come_before_another_tenants_job()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        await PauseAsync(silo, "acme", null);
        var held = new List<JobRow>();
        for (var i = 0; i < 50; i++)
        {
            held.Add(await silo.AdmitAsync());
        }

        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var blocker = await silo.AdmitAsync(silo.Request() with { TenantId = CorridorSilo.Rival });
        await silo.Work.NextStartAsync();
        await ResumeAsync(silo, "acme", null);
        await silo.WaitForAsync(held[^1], row => row.StatusReason == StatusReasons.Released);
        var single = await silo.AdmitAsync(silo.Request() with { TenantId = CorridorSilo.Rival });
        gate.Open();
        await silo.EndOfAsync(single);
        await silo.EndOfAsync(held[^1]);

        silo.Work.TakeStarts().Select(start => start.RunId).ToList().IndexOf(single.Id).ShouldBeInRange(0, 5);
        (await silo.EndOfAsync(blocker)).Status.ShouldBe(JobStatus.Succeeded);
    }

    private static async Task<bool> PauseAsync(CorridorSilo silo, string? tenant, string? template) =>
        (await silo.Grains.Registry().Pause(Change(tenant, template))).ShouldNotBeNull().Value;

    private static async Task<bool> ResumeAsync(CorridorSilo silo, string? tenant, string? template) =>
        (await silo.Grains.Registry().Resume(Change(tenant, template))).ShouldNotBeNull().Value;

    private static PauseChange Change(string? tenant, string? template) =>
        new(CorridorSilo.Caller, tenant is null ? null : new TenantId(tenant), template, "month end");
}
