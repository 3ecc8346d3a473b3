using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;

namespace JobForge.Corridor.Tests.Admit;

/// <summary>Admission lets requests pass each other while they wait for their commit; what must hold for certain holds all the same.</summary>
public sealed class AdmissionInterleavingTests
{
    private const int Requests = 50;

    [Fact]
    public async Task Fifty_concurrent_requests_with_one_key_make_one_job_and_all_get_it()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var keyed = silo.Request() with { IdempotencyKey = "monday" };

        var answers = await AtOnceAsync(silo, _ => keyed);

        answers.Select(answer => answer.Value!.Job!.Id).Distinct().ShouldHaveSingleItem();
        answers.Count(answer => !answer.Value!.Replayed).ShouldBe(1);
        await silo.EndOfAsync(answers[0].Value!.Job!);
        silo.Folder.Count("SELECT count(*) FROM jobforge_all_jobs").ShouldBe(1);
        silo.Work.StartCount.ShouldBe(1);
    }

    [Fact]
    public async Task Concurrent_requests_with_keys_of_their_own_are_all_admitted_and_each_runs_once()
    {
        await using var silo = await CorridorSilo.StartAsync();

        var answers = await AtOnceAsync(silo, number => silo.Request() with { IdempotencyKey = $"key-{number}" });

        answers.Select(answer => answer.Value!.Job!.Id).Distinct().Count().ShouldBe(Requests);
        foreach (var answer in answers)
        {
            (await silo.EndOfAsync(answer.Value!.Job!)).Status.ShouldBe(JobStatus.Succeeded);
        }

        silo.Work.StartCount.ShouldBe(Requests);
    }

    [Fact]
    public async Task Concurrent_requests_never_fill_the_backlog_beyond_its_bound()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.PutTenantAsync(CorridorSilo.Acme, maxQueued: 10);
        var later = silo.Request() with { RunAt = TimeProvider.System.GetUtcNow().AddHours(1) };

        var answers = await AtOnceAsync(silo, _ => later);

        answers.Count(answer => !answer.IsRefused).ShouldBe(10);
        answers.Where(answer => answer.IsRefused).ShouldAllBe(answer => answer.Refusal!.Code == ErrorCode.QuotaExceeded);
        silo.Folder.Count("SELECT count(*) FROM jobforge_jobs").ShouldBe(10);
    }

    private static Task<Outcome<RequestJobResult>[]> AtOnceAsync(CorridorSilo silo, Func<int, JobRequest> request) =>
        Task.WhenAll(Enumerable.Range(0, Requests).Select(number => Task.Run(() => silo.RequestAsync(request(number)))));
}
