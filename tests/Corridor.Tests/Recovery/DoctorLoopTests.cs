using JobForge.Contracts.Access;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Silo.Doctor;
using JobForge.Silo.Hosting;
using JobForge.Storage.Sqlite.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Corridor.Tests.Recovery;

/// <summary>The doctor that a serving process is.</summary>
public sealed class DoctorLoopTests
{
    [Fact]
    public async Task A_broken_promise_shows_in_the_metrics_and_in_the_log_with_its_explanation()
    {
        await using var silo = await CorridorSilo.StartAsync(customize: services => services.AddSingleton(new DoctorRhythm(TimeSpan.FromMilliseconds(50), 0)));
        await silo.EndOfAsync(await silo.AdmitAsync());
        using var http = new HttpClient { BaseAddress = silo.Address };
        var key = await FirstStart.CreateKeyAsync(silo.Service<IServiceProvider>(), new ApiKeyRequest(TenantId: null, ApiKeyRole.Operator, "test"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.ApiKey);
        await ShowsAsync(http, "jobforge_doctor_findings{check=\"manifest-disagrees\"} 0");

        using (var session = SqliteSession.Open(Path.Combine(silo.Folder.Path, "jobforge.db"), readOnly: false, CorridorSilo.Patience))
        {
            session.Script("UPDATE jobforge_finished_jobs SET status = 'failed'");
        }

        await ShowsAsync(http, "jobforge_doctor_findings{check=\"manifest-disagrees\"} 1");
        silo.Log.Lines.ShouldContain(line => line.Contains("The doctor found manifest-disagrees (1): A sealed manifest tells another run", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 15)]
    [InlineData("5", 5)]
    [InlineData("0", null)]
    public void Its_rhythm_is_a_setting(string? minutes, int? every) =>
        DoctorRhythm.Read(_ => minutes, new TestChance()).Every.ShouldBe(every is { } set ? TimeSpan.FromMinutes(set) : null);

    [Theory]
    [InlineData("-1")]
    [InlineData("1441")]
    [InlineData("often")]
    public void A_rhythm_that_is_none_refuses_the_start(string minutes) =>
        Should.Throw<StartRefusedException>(() => DoctorRhythm.Read(_ => minutes, new TestChance())).Message.ShouldContain("JOBFORGE_DOCTOR_MINUTES");

    private static Task ShowsAsync(HttpClient http, string line) =>
        CorridorSilo.WaitUntilAsync(async () => (await http.GetStringAsync("/metrics")).Contains(line, StringComparison.Ordinal));
}
