using System.Net;
using System.Net.Sockets;
using JobForge.Client;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;

namespace JobForge.Process.Tests;

/// <summary>kill -9 in the middle of the demo, with a load beside it; then the demo again, on the same data.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("[2] ")]
    [InlineData("[3] ")]
    [InlineData("[7] ")]
    public async Task What_was_acknowledged_survives_a_kill_and_every_job_ends_exactly_once(string step)
    {
        using var data = new DataFolder();
        var tenancy = await PrepareAsync(data);
        var port = FreePort();
        await using var first = Demo(data, $"http://127.0.0.1:{port}");
        await first.LineAsync("[1] ");
        await using var load = new LoadLoop("load", new JobForgeClient(new Uri($"http://127.0.0.1:{port}"), tenancy.AppKey), wanted: 100);
        await load.EnoughAsync();
        await first.LineAsync(step);

        await first.KillAsync();
        await load.EndAsync();

        load.Acknowledged.ShouldBeGreaterThanOrEqualTo(200);
        await using var second = Demo(data, "http://127.0.0.1:0");
        await second.AddressAsync();
        second.Output.ShouldNotContain("    FAIL ", Case.Sensitive);
        await load.VerifyAsync(await tenancy.AppAsync(second));
        await DemoJobsEndAsync(second, tenancy);
        await second.StopAsync();
        var rows = StoredRows.Of(data);
        rows.ShouldBeSettled();
        rows.Text("SELECT status FROM jobforge_finished_jobs WHERE trace_id = 'load' AND status <> 'succeeded'").ShouldBeEmpty();
        SecretText.In(data, tenancy.AppKey[^43..], tenancy.OperatorKey[^43..]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Three_kills_in_a_row_lose_nothing_that_was_acknowledged()
    {
        using var data = new DataFolder();
        var tenancy = await PrepareAsync(data);
        var loads = new List<LoadLoop>();
        for (var round = 0; round < 3; round++)
        {
            await using var silo = SiloProcess.Serve(data);
            var load = new LoadLoop($"round-{round}", await tenancy.AppAsync(silo), wanted: 150);
            loads.Add(load);
            await load.EnoughAsync();
            await silo.KillAsync();
            await load.EndAsync();
        }

        await using var last = SiloProcess.Serve(data);
        var client = await tenancy.AppAsync(last);
        foreach (var load in loads)
        {
            await load.VerifyAsync(client);
        }

        await DemoJobsEndAsync(last, tenancy);
        await last.StopAsync();
        StoredRows.Of(data).ShouldBeSettled();
    }

    private static async Task<Tenancy> PrepareAsync(DataFolder data)
    {
        await using var silo = SiloProcess.Serve(data);
        var tenancy = await Tenancy.PrepareAsync(silo);
        await silo.StopAsync();
        return tenancy;
    }

    private static SiloProcess Demo(DataFolder data, string urls) =>
        SiloProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal), "--demo", "--data", data.Path, "--urls", urls);

    /// <summary>Jobs that the killed demo left behind: they end too, well or not.</summary>
    private static async Task DemoJobsEndAsync(SiloProcess silo, Tenancy tenancy)
    {
        var client = new JobForgeClient(await silo.AddressAsync(), tenancy.OperatorKey);
        foreach (var tenant in (TenantId[])[new("demo"), Tenancy.Tenant])
        {
            var open = new JobQuery { TenantId = tenant, Statuses = [JobStatus.Queued, JobStatus.Running], Limit = 1000 };
            await foreach (var job in client.ListAllJobsAsync(open))
            {
                await client.ForTenant(tenant.Value).WaitForCompletionAsync(job.Id, Tenancy.Poll);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
