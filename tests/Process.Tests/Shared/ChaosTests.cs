using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using JobForge.Contracts.Ids;
using JobForge.Process.Tests.Drive;
using OsProcess = System.Diagnostics.Process;

namespace JobForge.Process.Tests.Shared;

/// <summary>
/// Processes and the database are killed, frozen and restarted under load, one thing after another; then the ledger of the clients and the doctor judge every
/// row. A minute long; JOBFORGE_CHAOS_MINUTES makes it longer, JOBFORGE_CHAOS_SEED repeats the order of the blows.
/// </summary>
public sealed class ChaosTests(SharedServer server, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private const int Processes = 3;

    private readonly Dictionary<string, int> _blows = new(StringComparer.Ordinal);

    [Fact]
    public async Task Whatever_is_killed_nothing_acknowledged_is_lost_nothing_ends_twice_and_no_row_is_without_an_owner()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals and the processes of the server are told apart as on Linux.");
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("JOBFORGE_CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : (ulong)RandomSource.Secure.Next(int.MaxValue);
        var length = TimeSpan.FromMinutes(double.TryParse(Environment.GetEnvironmentVariable("JOBFORGE_CHAOS_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) ? minutes : 1);
        output.WriteLine($"JOBFORGE_CHAOS_SEED={seed} JOBFORGE_CHAOS_MINUTES={length.TotalMinutes.ToString(CultureInfo.InvariantCulture)}");
        await using var database = await server.NewDatabaseAsync();
        int[] ports = [.. Enumerable.Range(0, Processes).Select(_ => FreePort())];
        var silos = new List<SiloProcess> { database.StartAt(ports[0]) };
        var tenancy = await Tenancy.PrepareAsync(silos[0]);
        silos.AddRange(ports.Skip(1).Select(port => database.StartAt(port)));
        await using var load = new ChaosLoad(tenancy, ports.Select(port => new Uri($"http://127.0.0.1:{port}")));

        var chance = RandomSource.Seeded(seed);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < length && !load.HasFailed)
        {
            await StrikeAsync(database, silos, ports, chance);
            // The load goes on meanwhile: this is the length of the campaign, nothing waits for it.
            await Task.Delay(TimeSpan.FromMilliseconds(1_500 + chance.Next(3_000)), TimeProvider.System);
        }

        StartAgain(database, silos, ports);
        await Task.WhenAll(silos.Select(silo => silo.AddressAsync()));
        await load.EndAsync();
        var ended = Stopwatch.GetTimestamp();
        await database.UntilAllEndedAsync();
        output.WriteLine($"{load.Story}; blows: {string.Join(", ", _blows.Select(blow => $"{blow.Value} x {blow.Key}"))}; all had ended {Stopwatch.GetElapsedTime(ended).TotalSeconds:0.0} s after the load.");
        await DoctorFindsNothingAsync(database, "--grace-seconds", "25");
        await load.VerifyAsync(database);
        await Task.WhenAll(silos.Select(silo => silo.StopAsync()));
        await database.ShouldBeSettledAsync();
        await DoctorFindsNothingAsync(database, "--deep");
    }

    /// <summary>A process that began while the server was gone may have given up; its supervisor would start it again.</summary>
    private static void StartAgain(SharedDatabase database, List<SiloProcess> silos, int[] ports)
    {
        for (var one = 0; one < silos.Count; one++)
        {
            if (silos[one].HasExited)
            {
                silos[one] = database.StartAt(ports[one]);
            }
        }
    }

    private async Task StrikeAsync(SharedDatabase database, List<SiloProcess> silos, int[] ports, RandomSource chance)
    {
        var one = chance.Next(Processes);
        switch (chance.Next(10))
        {
            case 0:
                Note("postmaster killed");
                await KillServerAsync();
                break;
            case 1:
                Note("database backend killed");
                await KillBackendAsync(database, chance);
                break;
            case 2:
                Note("frozen past its lease");
                await FreezeAsync(silos[one]);
                break;
            case 3:
                Note("stopped in order");
                // Before it serves it knows no signal.
                await silos[one].AddressAsync();
                await silos[one].StopAsync();
                silos[one] = database.StartAt(ports[one]);
                break;
            case 4:
                Note("all processes killed at once");
                await Task.WhenAll(silos.Select(silo => silo.KillAsync()));
                for (var each = 0; each < Processes; each++)
                {
                    silos[each] = database.StartAt(ports[each]);
                }

                break;
            default:
                Note("process killed");
                await silos[one].KillAsync();
                silos[one] = database.StartAt(ports[one]);
                break;
        }
    }

    private void Note(string blow) => _blows[blow] = _blows.GetValueOrDefault(blow) + 1;

    private static async Task FreezeAsync(SiloProcess silo)
    {
        await silo.AddressAsync();
        silo.Signal(SiloProcess.SigStop);
        await Task.Delay(2 * SharedDatabase.Lease, TimeProvider.System);
        silo.Signal(SiloProcess.SigCont);
    }

    /// <summary>The server ends all its other processes then, and recovers.</summary>
    private static async Task KillBackendAsync(SharedDatabase database, RandomSource chance)
    {
        var backends = await database.TextAsync("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()");
        if (backends.Count > 0)
        {
            Kill(backends[chance.Next(backends.Count)]);
            await Tenancy.UntilAsync(() => IsUpAsync(database));
        }
    }

    private async Task KillServerAsync()
    {
        var data = Path.Combine(server.Server.Options.Folder, "data");
        Kill((await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid")))[0].Trim());
        await Tenancy.UntilAsync(() => Task.FromResult(!Directory.EnumerateDirectories("/proc").Any(process => LivesIn(process, data))));
        // There is nothing to stop; it lets go of the watchdog that was for the dead one.
        await server.Server.StopAsync(immediate: true);
        await server.Server.StartAgainAsync();
    }

    private static async Task<bool> IsUpAsync(SharedDatabase database)
    {
        try
        {
            return (await database.TextAsync("SELECT 1")).Count == 1;
        }
        catch (Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>A server's processes work in its data folder.</summary>
    private static bool LivesIn(string process, string folder)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget == folder;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Kill(string process)
    {
        try
        {
            using var living = OsProcess.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
            living.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    private static async Task DoctorFindsNothingAsync(SharedDatabase database, params string[] further)
    {
        await using var doctor = SiloProcess.Start(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["JOBFORGE_CONNECTION"] = database.Connection }, ["doctor", "--store", "postgres", "--data", database.Data.Path, .. further]);
        (await doctor.ExitAsync()).ShouldBe(0, $"{doctor.Output}\n{database.Story()}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
