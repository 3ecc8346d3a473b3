using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Handlers;

namespace JobForge.Corridor.Tests.Holds;

/// <summary>Start, run and total timeouts, with real clocks and short times.</summary>
public sealed class TimeoutTests
{
    private static readonly Silo.Execution.ExecutionOptions OneSlot = CorridorSilo.Quick with { Slots = 1, SweepEvery = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task A_job_that_no_slot_took_in_time_fails_as_expired_with_a_sealed_manifest_and_never_starts()
    {
        await using var silo = await CorridorSilo.StartAsync(OneSlot);
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var first = await silo.AdmitAsync();
        await silo.Work.NextStartAsync();

        var late = await silo.AdmitAsync(silo.Request() with { StartTimeoutMs = 100 });
        var ended = await silo.EndOfAsync(late);

        (ended.Status, ended.StatusReason, ended.Error!.Code, ended.Attempts).ShouldBe((JobStatus.Failed, StatusReasons.Expired, "expired", 0));
        (await silo.Read.ManifestAsync(late.TenantId, late.Id, CancellationToken.None))!.Status.ShouldBe(ManifestStatus.Failed);
        gate.Open();
        (await silo.EndOfAsync(first)).Status.ShouldBe(JobStatus.Succeeded);
        silo.Work.StartCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_that_comes_up_after_its_time_is_ended_instead_of_started()
    {
        // The sweep is a minute away: only the start itself can find it.
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        var gate = new Gate();
        silo.Work.Body = gate.Polite;
        var first = await silo.AdmitAsync();
        await silo.Work.NextStartAsync();
        var late = await silo.AdmitAsync(silo.Request() with { TotalTimeoutMs = 1 });

        gate.Open();

        var ended = await silo.EndOfAsync(late);
        (ended.Status, ended.StatusReason).ShouldBe((JobStatus.Failed, StatusReasons.DeadlineExceeded));
        (await silo.EndOfAsync(first)).Status.ShouldBe(JobStatus.Succeeded);
        silo.Work.StartCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_deadline_stops_the_running_attempt_before_its_own_timeout_and_leaves_no_other()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = new Gate().Polite;

        var job = await silo.AdmitAsync(silo.Request() with { TotalTimeoutMs = 100, TimeoutMs = 60_000, MaxAttempts = 3 });

        var ended = await silo.EndOfAsync(job);
        (ended.Status, ended.StatusReason, ended.Error!.Code, ended.Attempts).ShouldBe((JobStatus.Failed, StatusReasons.DeadlineExceeded, "deadline_exceeded", 1));
    }

    [Fact]
    public async Task A_failure_whose_next_try_would_lie_behind_the_deadline_is_the_last_and_keeps_its_own_error()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = (_, _) => Task.FromResult(HandlerResult.Retry("busy", "Come back tomorrow.", TimeSpan.FromHours(24)));

        var job = await silo.AdmitAsync(silo.Request() with { TotalTimeoutMs = 60_000, MaxAttempts = 5 });

        var ended = await silo.EndOfAsync(job);
        (ended.Status, ended.StatusReason, ended.Error!.Code, ended.Attempts).ShouldBe((JobStatus.Failed, StatusReasons.DeadlineExceeded, "busy", 1));
    }

    [Fact]
    public async Task A_start_timeout_counts_until_the_first_start_only()
    {
        await using var silo = await CorridorSilo.StartAsync(OneSlot);
        silo.Work.Body = (context, _) => Task.FromResult(
            context.Attempt == 1 ? HandlerResult.Retry("busy", "Later.", TimeSpan.FromMilliseconds(400)) : ScriptedHandler.Done);

        var job = await silo.AdmitAsync(silo.Request() with { StartTimeoutMs = 200 });

        (await silo.EndOfAsync(job)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_reschedule_moves_the_times_with_it()
    {
        await using var silo = await CorridorSilo.StartAsync(OneSlot);
        var job = await silo.AdmitAsync(silo.Request() with { StartTimeoutMs = 60_000, TotalTimeoutMs = 120_000, RunAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        var later = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds());

        (await silo.RescheduleAsync(job, later)).Refusal.ShouldBeNull();

        var stored = (await silo.Service<Storage.Roles.IJobStore>().FindAsync(job.TenantId, job.Id, CancellationToken.None))!;
        (stored.ExpiresAt, stored.DeadlineAt).ShouldBe((later.AddMinutes(1), later.AddMinutes(2)));
    }
}
