using System.Diagnostics;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>Processes on one database that die, or freeze and come back.</summary>
public sealed class TakeoverTests(SharedServer server, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    /// <summary>Rows that wait for somebody who is not there.</summary>
    private const string Ownerless = """
        SELECT job.id || ' ' || job.status || ' epoch ' || coalesce(job.owner_epoch::text, 'none') FROM jobforge_jobs AS job
        WHERE NOT EXISTS (
          SELECT FROM jobforge_epochs AS own JOIN jobforge_epochs AS holding ON holding.id = own.holder
          WHERE own.id = job.owner_epoch AND holding.state = 'open' AND holding.expires_at > now())
        """;

    /// <summary>Two leases, and what a machine that runs much else beside may add.</summary>
    private static readonly TimeSpan Bound = (2 * SharedDatabase.Lease) + TimeSpan.FromSeconds(10);

    [Fact]
    public async Task After_kill_9_the_other_process_owns_everything_within_two_leases_and_ends_it()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start("--slots", "4");
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start("--slots", "4");
        var (door, other) = (await tenancy.AppAsync(first), await tenancy.AppAsync(second));
        await other.RequestAsync(site, SharedScans.Names("there", 4));
        await site.BegunAsync(4);
        var running = await door.RequestAsync(site, SharedScans.Names("here", 4));
        await site.BegunAsync(8);
        await database.UntilNoneAsync("SELECT 1 FROM jobforge_jobs HAVING count(*) FILTER (WHERE status = 'running') < 8");
        var queued = await door.RequestAsync(site, SharedScans.Names("queued", 30));
        var start = Stopwatch.GetTimestamp();

        await first.KillAsync();

        // Its own slots are held, so what it took over can only wait; but with an owner.
        await database.UntilNoneAsync($"SELECT 1 FROM jobforge_epochs WHERE state = 'open' AND worker = '{first.Worker}'");
        await database.UntilNoneAsync(Ownerless);
        var owned = Stopwatch.GetElapsedTime(start);
        site.Release([.. SharedScans.Names("there", 4), .. running.Keys, .. queued.Keys]);
        await database.UntilAllEndedAsync();
        output.WriteLine($"Lease {SharedDatabase.Lease.TotalSeconds} s: everything owned again after {owned.TotalSeconds:0.0} s, ended after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s.");
        owned.ShouldBeLessThan(Bound, database.Story());
        (await database.TextAsync("SELECT DISTINCT worker FROM jobforge_finished_jobs")).ShouldBe([second.Worker]);
        (await database.TextAsync("SELECT idempotency_key || ' ' || number || ' ' || outcome FROM jobforge_job_attempts JOIN jobforge_finished_jobs ON id = job_id ORDER BY 1"))
            .ShouldBe(SharedScans.Names("here", 4).Select(name => $"{name} 1 lease_lost"));
        (await database.TextAsync("SELECT DISTINCT attempts FROM jobforge_finished_jobs WHERE idempotency_key LIKE 'here%'")).ShouldBe(["2"]);
        await second.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task After_kill_9_of_every_process_one_new_one_ends_all_that_was_acknowledged_once()
    {
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start();
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start();
        await using var load = await SharedLoad.StartAsync("all", tenancy, first, second);
        await load.FurtherAsync(400);

        await Task.WhenAll(first.KillAsync(), second.KillAsync());

        var third = database.Start();
        var door = await tenancy.AppAsync(third);
        var start = Stopwatch.GetTimestamp();
        await load.AbandonAsync();
        await load.VerifyAsync(database, door);
        output.WriteLine($"{load.Acknowledged} jobs were acknowledged; all had ended {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s after the new process served.");
        await third.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task A_process_that_was_frozen_past_its_lease_ends_nothing_that_it_lost_and_works_again()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var frozen = database.Start();
        var tenancy = await Tenancy.PrepareAsync(frozen);
        var other = database.Start();
        var door = await tenancy.AppAsync(frozen);
        var names = SharedScans.Names("lost", 12);
        var jobs = await door.RequestAsync(site, names);
        await site.BegunAsync(names.Length);
        await database.UntilNoneAsync("SELECT 1 FROM jobforge_jobs HAVING count(*) FILTER (WHERE status = 'running') < 12");

        frozen.Signal(SiloProcess.SigStop);
        site.Release(names);
        await database.UntilAllEndedAsync();
        var ended = await EndsAsync(database);
        frozen.Signal(SiloProcess.SigCont);

        // Its handlers have had their answers all the while, and go on before it can know that it has lost them.
        await frozen.LineAsync("is lost; its runs are stopped");
        await Task.WhenAll(jobs.Values.Select(job => frozen.LineAsync(line => line.Contains($"Run {job}: attempt 1", StringComparison.Ordinal) && line.Contains("its outcome does not count", StringComparison.Ordinal))));
        (await EndsAsync(database)).ShouldBe(ended);
        (await database.TextAsync("SELECT DISTINCT worker || ' ' || attempts FROM jobforge_finished_jobs")).ShouldBe([$"{other.Worker} 2"]);
        (await database.TextAsync("SELECT DISTINCT number || ' ' || outcome FROM jobforge_job_attempts")).ShouldBe(["1 lease_lost"]);
        (await database.TextAsync("SELECT job_id || ' ' || attempt || ' ' || message FROM jobforge_run_logs WHERE attempt <> 2")).ShouldBeEmpty("lines of the attempt that was lost");
        var again = (await door.RequestAsync(site, ["again"])).Values.Single();
        site.Release("again");
        (await door.WaitForCompletionAsync(again, Tenancy.Poll)).Status.ShouldBe(JobStatus.Succeeded);
        (await database.TextAsync("SELECT worker FROM jobforge_finished_jobs WHERE idempotency_key = 'again'")).ShouldBe([frozen.Worker], database.Story());
        await other.StopAsync();
        await frozen.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    /// <summary>All that tells of an end: row, manifest with its artifacts, lines.</summary>
    private static async Task<IReadOnlyList<string>> EndsAsync(SharedDatabase database) =>
    [
        .. await database.TextAsync("SELECT job::text FROM jobforge_finished_jobs AS job ORDER BY id"),
        .. await database.TextAsync("SELECT line::text FROM jobforge_run_logs AS line ORDER BY job_id, sequence"),
        .. await database.TextAsync("SELECT attempt::text FROM jobforge_job_attempts AS attempt ORDER BY job_id, number"),
    ];
}
