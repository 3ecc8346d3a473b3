using System.Net.Http.Json;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Process.Tests.Drive;
using Npgsql;

namespace JobForge.Process.Tests.Shared;

/// <summary>The server has committed, and its answer does not arrive: the outcome is unknown to the process, and must be found out.</summary>
public sealed class LostAnswerTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task An_admission_that_is_repeated_with_its_key_after_a_503_makes_one_job()
    {
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var silo = database.StartOn(Through(database, proxy));
        var tenancy = await Tenancy.PrepareAsync(silo);
        var cut = proxy.CutAsync(answered: true, "the-key");

        using var refused = await PostAsync(silo, tenancy, Tenancy.Usage("the-key"));
        await cut;
        ((int)refused.StatusCode).ShouldBe(503, database.Story());
        // It ends although nobody repeats the request: what is committed is run.
        await database.UntilNoneAsync("SELECT 1 WHERE NOT EXISTS (SELECT FROM jobforge_finished_jobs)");
        var repeated = (await (await tenancy.AppAsync(silo)).RequestJobAsync(Tenancy.Usage("the-key"))).Job!;

        (await database.TextAsync("SELECT id || ' ' || status || ' ' || attempts FROM jobforge_finished_jobs")).ShouldBe([$"{repeated.Id} succeeded 1"]);
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task An_admission_that_is_committed_long_after_its_connection_was_cut_runs_too()
    {
        await using var database = await server.NewDatabaseAsync();
        await using var site = await GatedSite.StartAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var silo = database.StartOn(Through(database, proxy));
        var tenancy = await Tenancy.PrepareAsync(silo);
        var app = await tenancy.AppAsync(silo);
        var other = (await app.RequestAsync(site, ["other"])).Values.Single();
        await site.BegunAsync("other");
        await database.UntilNoneAsync("SELECT 1 WHERE NOT EXISTS (SELECT FROM jobforge_jobs WHERE status = 'running')");
        await using var blocker = await BlockAdmissionsAsync(database);
        var cut = proxy.CutAsync(answered: false, "the-late-key");

        using var refused = await PostAsync(silo, tenancy, Tenancy.Usage("the-late-key"));
        await cut;
        ((int)refused.StatusCode).ShouldBe(503, database.Story());
        // The process looks, and cannot see it yet. The sweep that looks ends with the cancel wishes, so the other run tells that it is through.
        await database.TextAsync("UPDATE jobforge_jobs SET cancel_requested_at = now() WHERE status = 'running'");
        await database.TextAsync($"NOTIFY jobforge, 'job:{other}'");
        await site.GivenUpAsync("other");
        await blocker.DisposeAsync();

        await database.UntilNoneAsync("SELECT 1 WHERE NOT EXISTS (SELECT FROM jobforge_finished_jobs WHERE idempotency_key = 'the-late-key' AND status = 'succeeded')");
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_is_recorded_once()
    {
        await using var database = await server.NewDatabaseAsync();
        await using var site = await GatedSite.StartAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var silo = database.StartOn(Through(database, proxy));
        var tenancy = await Tenancy.PrepareAsync(silo);
        var app = await tenancy.AppAsync(silo);
        var job = (await app.RequestAsync(site, ["ends"])).Values.Single();
        await site.BegunAsync("ends");
        // The manifest names the artifact; nothing else on the wire does.
        var cut = proxy.CutAsync(answered: true, "seo_report.md\"");

        site.Release("ends");
        await cut;

        (await app.WaitForCompletionAsync(job, Tenancy.Poll)).Attempts.ShouldBe(1);
        await silo.LineAsync("recording its end failed");
        await database.UntilAllEndedAsync();
        (await database.TextAsync("SELECT status || ' ' || attempts || ' ' || worker FROM jobforge_finished_jobs")).ShouldBe([$"succeeded 1 {silo.Worker}"], database.Story());
        (await database.TextAsync("SELECT outcome FROM jobforge_job_attempts")).ShouldBeEmpty();
        silo.Output.ShouldNotContain("its outcome does not count");
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task A_run_whose_written_start_lost_its_answer_goes_on_as_the_one_attempt_that_it_is()
    {
        await using var database = await server.NewDatabaseAsync();
        await using var site = await GatedSite.StartAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var silo = database.StartOn(Through(database, proxy));
        var tenancy = await Tenancy.PrepareAsync(silo);
        var app = await tenancy.AppAsync(silo);
        var cut = proxy.CutAsync(answered: true, "status_reason = 'started'");

        var job = (await app.RequestAsync(site, ["starts"])).Values.Single();
        await cut;
        await silo.LineAsync("what it is at could not be written, and it goes on");
        await database.UntilNoneAsync("SELECT 1 WHERE NOT EXISTS (SELECT FROM jobforge_jobs WHERE status = 'running')");
        site.Release("starts");

        (await app.WaitForCompletionAsync(job, Tenancy.Poll)).Attempts.ShouldBe(1, database.Story());
        site.Scans.ShouldBe(1, "the handler was begun a second time beside itself");
        (await database.TextAsync("SELECT status || ' ' || worker FROM jobforge_finished_jobs")).ShouldBe([$"succeeded {silo.Worker}"]);
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Fact]
    public async Task Jobs_taken_by_a_statement_whose_answer_was_lost_are_run()
    {
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var silo = database.StartOn(Through(database, proxy));
        var tenancy = await Tenancy.PrepareAsync(silo);
        var cut = proxy.CutAsync(answered: true, "wait_until = NULL, fair_tag");

        await (await tenancy.AppAsync(silo)).RequestJobAsync(Tenancy.Usage("due") with { RunAt = TimeProvider.System.GetUtcNow().AddMilliseconds(500) });
        await cut;

        await database.UntilAllEndedAsync();
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    [Theory]
    [InlineData("SET holder = $2")]
    [InlineData("COMMIT")]
    public async Task An_inheritance_whose_answer_was_lost_is_gone_through_with(string last)
    {
        await using var database = await server.NewDatabaseAsync();
        await using var site = await GatedSite.StartAsync();
        await using var proxy = new CuttingProxy(server.Server.Port);
        var first = database.Start("--slots", "2");
        var tenancy = await Tenancy.PrepareAsync(first);
        var names = SharedScans.Names("inherited", 6);
        await (await tenancy.AppAsync(first)).RequestAsync(site, names);
        await site.BegunAsync(2);
        var second = database.StartOn(Through(database, proxy), "--slots", "2");
        await second.AddressAsync();
        await first.KillAsync();
        var cut = last == "COMMIT" ? proxy.CutAsync(answered: true, "SET holder = $2", "'lease_lost'", last) : proxy.CutAsync(answered: true, last);

        await cut;

        site.Release(names);
        await database.UntilAllEndedAsync();
        (await database.TextAsync("SELECT DISTINCT status || ' ' || worker FROM jobforge_finished_jobs")).ShouldBe([$"succeeded {second.Worker}"]);
        await second.StopAsync();
        await database.ShouldBeSettledAsync();
    }

    private static string Through(SharedDatabase database, CuttingProxy proxy) =>
        new NpgsqlConnectionStringBuilder(database.Connection) { Port = proxy.Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString;

    /// <summary>One try, where the client would repeat it.</summary>
    private static async Task<HttpResponseMessage> PostAsync(SiloProcess silo, Tenancy tenancy, JobRequest job)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await silo.AddressAsync(), "v1/jobs")) { Content = JsonContent.Create(job, options: ContractJson.Options) };
        request.Headers.Authorization = new("Bearer", tenancy.AppKey);
        return await http.SendAsync(request);
    }

    /// <summary>Takes the epochs' locks, as one who ends them does: an admission under them waits for it, up to the statement's own time.</summary>
    private static async Task<NpgsqlConnection> BlockAdmissionsAsync(SharedDatabase database)
    {
        var connection = new NpgsqlConnection(database.Connection + ";Pooling=false");
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(jobforge_epoch_lock(id)) FROM jobforge_epochs", connection);
        await take.ExecuteNonQueryAsync();
        return connection;
    }
}
