using JobForge.Process.Tests.Drive;
using JobForge.Storage.Postgres.Private;

namespace JobForge.Process.Tests.Shared;

/// <summary>The database's disk is full, and later has room again.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_full_disk_is_answered_with_503_and_what_was_acknowledged_ends_when_there_is_room_again()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 256);
        try
        {
            PostgresBinaries.Find();
        }
        catch (PostgresNotFoundException missing)
        {
            Assert.Skip(missing.Message);
        }

        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions
        {
            Folder = Path.Combine(disk.Path, "postgres"),
            // Tables must fill the disk, not the log, at whose end PostgreSQL would stop altogether.
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsync"] = "off", ["max_wal_size"] = "64MB" },
        });
        await using var database = new SharedDatabase(server.ConnectionString());
        var silo = database.Start();
        var tenancy = await Tenancy.PrepareAsync(silo);
        await using var load = await SharedLoad.StartAsync("full", tenancy, silo);
        await load.FurtherAsync(50);

        disk.Fill();
        await load.SeenAsync(503, 4);
        disk.MakeRoom();

        await load.FurtherAsync(50);
        await load.EndAsync();
        await load.VerifyAsync(database, await tenancy.AppAsync(silo));
        output.WriteLine($"{load.Acknowledged} jobs, answers {string.Join(", ", load.Statuses.Select(one => $"{one.Value} x {one.Key}"))}.");
        load.Statuses.Keys.Except([200, 201, 503]).ShouldBeEmpty(database.Story());
        silo.Output.ShouldContain("(53100)", customMessage: "the disk was not what failed");
        await silo.StopAsync();
        await database.ShouldBeSettledAsync();
    }
}
