using System.Diagnostics;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests;

/// <summary>The process ends while a job runs, gently and not.</summary>
public sealed class DrainTests
{
    [Theory]
    [InlineData(SiloProcess.SigTerm)]
    [InlineData(SiloProcess.SigInt)]
    public async Task A_signal_drains_within_15_seconds_and_the_next_start_finishes_the_running_job_without_counting_the_attempt(int signal)
    {
        using var data = new DataFolder();
        await using var site = await HeldSite.StartAsync();
        JobId job;
        Tenancy tenancy;
        await using (var first = SiloProcess.Serve(data, "--allow-private-host", "127.0.0.1"))
        {
            tenancy = await Tenancy.PrepareAsync(first);
            var app = await tenancy.AppAsync(first);
            job = (await app.RequestJobAsync(Tenancy.ScanOf(site.Url))).Job!.Id;
            await site.AskedAsync();
            var start = Stopwatch.GetTimestamp();

            first.Signal(signal);

            (await first.ExitAsync()).ShouldBe(0, first.Output);
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(15));
            first.Output.ShouldContain("Draining: 1 runs to finish");
            first.Output.ShouldNotContain("   at ");
        }

        StoredRows.Of(data).Text("SELECT status || ' ' || status_reason || ' ' || attempts FROM jobforge_jobs").ShouldBe(["queued drained 0"]);
        site.Release();
        await using var second = SiloProcess.Serve(data, "--allow-private-host", "127.0.0.1");
        var ended = await (await tenancy.AppAsync(second)).WaitForCompletionAsync(job, Tenancy.Poll);

        (ended.Status, ended.Attempts).ShouldBe((JobStatus.Succeeded, 1), second.Output);
        await second.StopAsync();
        StoredRows.Of(data).ShouldBeSettled();
    }

    [Fact]
    public async Task A_job_that_ran_at_a_kill_is_run_again_counts_the_lost_attempt_and_ends_once()
    {
        using var data = new DataFolder();
        await using var site = await HeldSite.StartAsync();
        JobId job;
        Tenancy tenancy;
        await using (var first = SiloProcess.Serve(data, "--allow-private-host", "127.0.0.1"))
        {
            tenancy = await Tenancy.PrepareAsync(first);
            var app = await tenancy.AppAsync(first);
            job = (await app.RequestJobAsync(Tenancy.ScanOf(site.Url))).Job!.Id;
            await site.AskedAsync();
            await Tenancy.UntilAsync(async () => (await app.GetJobAsync(job))!.Status == JobStatus.Running);

            await first.KillAsync();
        }

        site.Release();
        await using var second = SiloProcess.Serve(data, "--allow-private-host", "127.0.0.1");
        var reopened = await tenancy.AppAsync(second);
        var ended = await reopened.WaitForCompletionAsync(job, Tenancy.Poll);

        (ended.Status, ended.Attempts).ShouldBe((JobStatus.Succeeded, 2), second.Output);
        var attempts = await reopened.GetAttemptsAsync(job);
        attempts.Select(attempt => (attempt.Number, attempt.Outcome)).ShouldBe([(1, "lease_lost"), (2, "succeeded")]);
        await second.StopAsync();
        StoredRows.Of(data).ShouldBeSettled();
    }

    [Fact]
    public async Task A_job_that_waits_for_its_time_is_there_after_a_kill_and_can_be_canceled()
    {
        using var data = new DataFolder();
        JobRow waiting;
        Tenancy tenancy;
        var later = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using (var first = SiloProcess.Serve(data))
        {
            tenancy = await Tenancy.PrepareAsync(first);
            var app = await tenancy.AppAsync(first);
            waiting = (await app.RequestJobAsync(Tenancy.Usage("later") with { RunAt = later })).Job!;
            await first.KillAsync();
        }

        await using var second = SiloProcess.Serve(data);
        var reopened = await tenancy.AppAsync(second);

        var found = await reopened.GetJobAsync(waiting.Id);
        (found!.Status, found.RunAt, found.Attempts).ShouldBe((JobStatus.Queued, later, 0));
        (await reopened.CancelJobAsync(waiting.Id)).Status.ShouldBe(JobStatus.Canceled);
        await second.StopAsync();
        StoredRows.Of(data).ShouldBeSettled();
    }
}
