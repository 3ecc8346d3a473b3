using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Jobs;
using JobForge.Silo.Execution;
using JobForge.Storage.Roles;

namespace JobForge.Corridor.Tests.Recovery;

/// <summary>Rows that this process's living epoch owns while its memory knows nothing of them: what an answer that was lost leaves behind.</summary>
public sealed class DoubtTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ExecutionOptions Sweeping = CorridorSilo.Quick with { SweepEvery = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task A_job_whose_admission_was_committed_but_not_answered_runs()
    {
        await using var silo = await CorridorSilo.StartAsync(Sweeping);
        var lost = await LostAdmissionAsync(silo);

        silo.Service<IRunDispatch>().Distrust();

        (await silo.EndOfAsync(lost.Row)).Status.ShouldBe(JobStatus.Succeeded);
        silo.Work.TakeStarts().Count(start => start.RunId == lost.Row.Id).ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_that_was_written_as_running_and_never_reported_counts_as_lost_and_is_repeated()
    {
        await using var silo = await CorridorSilo.StartAsync(Sweeping);
        var lost = await LostAdmissionAsync(silo);
        (await silo.Service<IJobStore>().StartAsync(lost.Fence, lost.Row.CreatedAt, None)).ShouldBeTrue();

        silo.Service<IRunDispatch>().Doubt(lost);

        (await silo.EndOfAsync(lost.Row)).Attempts.ShouldBe(2);
        (await silo.Read.AttemptsAsync(lost.Row.TenantId, lost.Row.Id, None)).Select(attempt => attempt.Outcome).ShouldBe(["lease_lost", "succeeded"]);
    }

    [Fact]
    public async Task A_job_that_was_never_written_is_forgotten()
    {
        await using var silo = await CorridorSilo.StartAsync(Sweeping);
        var done = await silo.EndOfAsync(await silo.AdmitAsync());
        var never = new StoredJob { Row = done with { Id = new JobId(silo.Service<IdSource>().Next()), Status = JobStatus.Queued } };
        var doubts = silo.Service<DoubtfulJobs>();

        doubts.Add(never.Row.TenantId, never.Row.Id);
        await doubts.ResolveAsync(silo.Service<EpochLease>().Current!.Value, None);

        doubts.Count.ShouldBe(0);
        (await silo.Read.JobAsync(never.Row.TenantId, never.Row.Id, None)).ShouldBeNull();
    }

    /// <summary>Writes the row as admission does, and tells nobody.</summary>
    private static async Task<StoredJob> LostAdmissionAsync(CorridorSilo silo)
    {
        var done = await silo.EndOfAsync(await silo.AdmitAsync());
        var lost = new StoredJob
        {
            Row = done with
            {
                Id = new JobId(silo.Service<IdSource>().Next()),
                Status = JobStatus.Queued,
                Attempts = 0,
                StartedAt = null,
                FinishedAt = null,
                Result = null,
            },
            OwnerEpoch = silo.Service<EpochLease>().Current,
        };
        (await silo.Service<IJobStore>().AdmitAsync([new NewJob { Job = lost }], None))[0].Kind.ShouldBe(AdmissionKind.Admitted);
        silo.Work.TakeStarts();
        return lost;
    }
}
