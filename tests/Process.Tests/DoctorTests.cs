using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Process.Tests.Drive;
using Microsoft.Data.Sqlite;

namespace JobForge.Process.Tests;

/// <summary>The doctor as an operator calls it, beside a process and without one.</summary>
public sealed class DoctorTests
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    [Fact]
    public async Task It_looks_beside_a_serving_process_leaves_its_file_alone_and_repairs_when_nobody_serves()
    {
        using var data = new DataFolder();
        await using var silo = SiloProcess.Serve(data);
        var tenancy = await Tenancy.PrepareAsync(silo);
        var app = await tenancy.AppAsync(silo);
        var job = (await app.RequestJobAsync(Tenancy.Usage("k1"))).Job!;
        (await app.WaitForCompletionAsync(job.Id, Tenancy.Poll)).Status.ShouldBe(JobStatus.Succeeded);

        var beside = await DoctorAsync(data, expected: 0, "--deep");
        beside.GetProperty("healthy").GetBoolean().ShouldBeTrue();
        beside.GetProperty("processes").GetInt32().ShouldBe(1);
        beside.GetProperty("examined").GetProperty("jobforge_finished_jobs").GetInt64().ShouldBe(1);
        await using (var refused = SiloProcess.Start(Nothing, "doctor", "--data", data.Path, "--repair"))
        {
            (await refused.ExitAsync()).ShouldBe(2);
            refused.Output.ShouldContain("is in use by another process");
        }

        await silo.StopAsync();
        Forget(data);
        var found = (await DoctorAsync(data, expected: 1)).GetProperty("findings").EnumerateArray().ToList().ShouldHaveSingleItem();
        found.GetProperty("check").GetString().ShouldBe("job-key-missing");
        found.GetProperty("samples")[0].GetProperty("subject").GetString().ShouldBe(job.Id.ToString());
        (await DoctorAsync(data, expected: 1, "--repair")).GetProperty("findings")[0].GetProperty("repaired").GetInt32().ShouldBe(1);
        (await DoctorAsync(data, expected: 0)).GetProperty("findings").GetArrayLength().ShouldBe(0);

        await using var again = SiloProcess.Serve(data);
        (await (await tenancy.AppAsync(again)).RequestJobAsync(Tenancy.Usage("k1"))).Job!.Id.ShouldBe(job.Id, "the repaired key leads to its job");
    }

    [Theory]
    [InlineData("There is no database")]
    [InlineData("could not look", "--store", "postgres", "--connection", "postgres://nobody@127.0.0.1:1/none")]
    [InlineData("starts no server", "--store", "postgres", "--private")]
    public async Task What_it_cannot_look_at_it_names_with_exit_code_2(string message, params string[] store)
    {
        using var data = new DataFolder();
        await using var doctor = SiloProcess.Start(Nothing, ["doctor", "--data", data.Path, .. store]);

        (await doctor.ExitAsync()).ShouldBe(2, doctor.Output);

        doctor.Output.ShouldContain(message);
        data.Files.ShouldBeEmpty();
    }

    private static async Task<JsonElement> DoctorAsync(DataFolder data, int expected, params string[] further)
    {
        await using var doctor = SiloProcess.Start(Nothing, ["doctor", "--json", "--data", data.Path, .. further]);
        (await doctor.ExitAsync()).ShouldBe(expected, doctor.Output);
        return JsonElement.Parse(doctor.Output);
    }

    private static void Forget(DataFolder data)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = data.Database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM jobforge_idempotency_keys";
        command.ExecuteNonQuery().ShouldBe(1);
    }
}
