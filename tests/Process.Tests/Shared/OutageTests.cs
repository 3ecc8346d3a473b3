using System.Diagnostics;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests.Shared;

/// <summary>The database goes away under living processes, and comes back.</summary>
public sealed class OutageTests(SharedServer server, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_of_the_server_under_load_is_answered_with_503_and_loses_nothing_that_was_acknowledged(bool immediate)
    {
        await using var site = await GatedSite.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var first = database.Start();
        var tenancy = await Tenancy.PrepareAsync(first);
        var second = database.Start();
        var scans = await (await tenancy.AppAsync(second)).RequestAsync(site, SharedScans.Names("scan", 5));
        await site.BegunAsync(5);
        await using var load = await SharedLoad.StartAsync("outage", tenancy, first, second);
        await load.FurtherAsync(100);

        await server.Server.StopAsync(immediate);
        await load.SeenAsync(503, 4);
        await server.Server.StartAgainAsync();

        var start = Stopwatch.GetTimestamp();
        await load.FurtherAsync(1);
        var back = Stopwatch.GetElapsedTime(start);
        await load.FurtherAsync(200);
        await load.EndAsync();
        site.Release(scans.Keys);
        await load.VerifyAsync(database, await tenancy.AppAsync(first));
        output.WriteLine($"{load.Acknowledged} jobs, answers {string.Join(", ", load.Statuses.Select(one => $"{one.Value} x {one.Key}"))}; first new job {back.TotalSeconds:0.0} s after the server was back.");
        load.Statuses.Keys.Except([200, 201, 503]).ShouldBeEmpty(database.Story());
        (await database.TextAsync("SELECT DISTINCT status FROM jobforge_finished_jobs")).ShouldBe(["succeeded"]);
        foreach (var silo in (SiloProcess[])[first, second])
        {
            await silo.StopAsync();
        }

        await database.ShouldBeSettledAsync();
    }
}
