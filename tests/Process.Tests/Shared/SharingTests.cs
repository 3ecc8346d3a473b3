using System.Diagnostics;
using System.Globalization;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>Two processes on one database while both live.</summary>
public sealed class SharingTests(SharedServer server, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task What_is_requested_through_both_doors_ends_exactly_once()
    {
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start();
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start();
        await using var load = await SharedLoad.StartAsync("both", tenancy, first, second);

        await load.FurtherAsync(600);
        await load.EndAsync();

        await load.VerifyAsync(database, await tenancy.AppAsync(second));
        load.Statuses.Keys.ShouldBe([201], database.Story());
        var shares = await database.TextAsync("SELECT worker || ' ran ' || count(*) FROM jobforge_finished_jobs GROUP BY worker ORDER BY worker");
        shares.Count.ShouldBe(2, database.Story());
        output.WriteLine($"{load.Acknowledged} jobs: {string.Join(", ", shares)}");
        await second.StopAsync();
        await first.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task A_backlog_of_one_process_is_run_by_both()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start("--slots", "4");
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start("--slots", "4");
        await second.AddressAsync();
        var names = SharedScans.Names("backlog", 40);
        var start = Stopwatch.GetTimestamp();

        await (await tenancy.AppAsync(first)).RequestAsync(site, names);

        // The first process's four slots are held, so the further runs can only be the other one's.
        await site.BegunAsync(8);
        output.WriteLine($"Eight runs at once {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s after the first request.");
        site.Release(names);
        await database.UntilAllEndedAsync();
        var shares = await database.TextAsync("SELECT worker || ' ran ' || count(*) FROM jobforge_finished_jobs WHERE status = 'succeeded' GROUP BY worker");
        shares.Count.ShouldBe(2, database.Story());
        output.WriteLine(string.Join(", ", shares));
        await second.StopAsync();
        await first.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task Two_jobs_behind_long_runs_do_not_wait_while_another_process_has_free_slots()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start("--slots", "4");
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start("--slots", "4");
        await second.AddressAsync();
        var names = SharedScans.Names("few", 6);
        var start = Stopwatch.GetTimestamp();

        await (await tenancy.AppAsync(first)).RequestAsync(site, names);

        await site.BegunAsync(6);
        var took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"Six runs on four and four slots {took.TotalSeconds:0.0} s after the first request.");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(20), "they began only when the first four ended");
        site.Release(names);
        await database.UntilAllEndedAsync();
    }

    [Fact]
    public async Task A_cancel_through_one_process_stops_a_run_of_the_other_at_once()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start();
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start();
        var (there, here) = (await tenancy.AppAsync(second), await tenancy.AppAsync(first));
        var job = (await there.RequestJobAsync(SharedScans.Of(site, "running"))).Job!.Id;
        await site.BegunAsync("running");
        await Tenancy.UntilAsync(async () => (await here.GetJobAsync(job))!.Status == JobStatus.Running);
        var start = Stopwatch.GetTimestamp();

        await here.CancelJobAsync(job);

        await site.GivenUpAsync("running");
        var took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"The handler was stopped {took.TotalMilliseconds:0} ms after the cancel.");
        // The sweep that would find it without a signal comes every ten seconds.
        took.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await here.WaitForCompletionAsync(job, Tenancy.Poll)).Status.ShouldBe(JobStatus.Canceled);
    }

    [Fact]
    public async Task A_cancel_through_one_process_of_a_job_that_is_queued_in_the_other_keeps_its_handler_from_running()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        // Without free slots the first process is not hungry, so that the second one keeps what it has.
        var first = database.Start("--slots", "1");
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start("--slots", "1");
        var (here, there) = (await tenancy.AppAsync(first), await tenancy.AppAsync(second));
        await here.RequestAsync(site, ["blocks-here"]);
        await there.RequestAsync(site, ["blocks-there"]);
        await site.BegunAsync(2);
        var queued = (await there.RequestAsync(site, SharedScans.Names("queued", 5))).Values;

        foreach (var job in queued)
        {
            (await here.CancelJobAsync(job)).Status.ShouldBe(JobStatus.Canceled);
        }

        // The other process must know before it has a slot again: it is told, and does not find out by trying.
        var last = (await there.RequestAsync(site, ["last"])).Values.Single();
        await Tenancy.UntilAsync(async () => await WaitingAsync(second, tenancy) == 1);
        site.Release(["blocks-here", "blocks-there", "last"]);
        await there.WaitForCompletionAsync(last, Tenancy.Poll);
        site.Asked.ShouldBe(["blocks-here", "blocks-there", "last"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_draining_process_leaves_its_queue_to_the_other_at_once_and_gives_its_runs_back_uncounted()
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start("--slots", "2");
        var tenancy = await Tenancy.PrepareAsync(first);
        var app = await tenancy.AppAsync(first);
        var running = await app.RequestAsync(site, ["runs0", "runs1"]);
        await site.BegunAsync(2);
        var second = database.Start("--slots", "2");
        var taker = await tenancy.AppAsync(second);
        await taker.RequestAsync(site, ["other0", "other1"]);
        await site.BegunAsync(4);
        var queued = SharedScans.Names("queued", 10);
        await app.RequestAsync(site, queued);
        site.Release(queued);
        var start = Stopwatch.GetTimestamp();

        first.Signal(SiloProcess.SigTerm);
        await first.LineAsync("Draining: 2 runs to finish");
        site.Release(["other0", "other1"]);

        // Taken, that is, owned by the other one, or run already; not just free.
        await database.UntilNoneAsync($"""
            SELECT id FROM jobforge_jobs WHERE idempotency_key LIKE 'queued%'
              AND owner_epoch IS DISTINCT FROM (SELECT max(id) FROM jobforge_epochs WHERE worker = '{second.Worker}')
            """);
        var took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"Ten queued jobs were the other process's {took.TotalSeconds:0.0} s after the signal.");
        first.HasExited.ShouldBeFalse(database.Story());
        (await database.TextAsync($"SELECT state FROM jobforge_epochs WHERE worker = '{first.Worker}'")).ShouldBe(["open"], "they waited until the draining process had ended");
        (await first.ExitAsync()).ShouldBe(0, database.Story());
        site.Release(running.Keys);
        await database.UntilAllEndedAsync();
        var stopped = await database.TextAsync("SELECT outcome FROM jobforge_job_attempts");
        stopped.ShouldBe(["drained", "drained"], database.Story());
        (await database.TextAsync("SELECT DISTINCT attempts FROM jobforge_finished_jobs")).ShouldBe(["1"]);
        await second.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    /// <summary>Jobs that wait in the process's memory.</summary>
    private static async Task<int> WaitingAsync(SiloProcess silo, Tenancy tenancy)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(await silo.AddressAsync(), "metrics"));
        request.Headers.Authorization = new("Bearer", tenancy.OperatorKey);
        using var response = await http.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        return int.Parse(lines.Single(line => line.StartsWith("jobforge_jobs_ready", StringComparison.Ordinal) && !line.StartsWith('#')).Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
