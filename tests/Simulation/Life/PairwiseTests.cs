using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;
using JobForge.Silo.Execution;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Drive;

namespace JobForge.Simulation.Life;

/// <summary>
/// Features break in combination. Every pair of them meets in some row of the table, each row is one job in a simulated cluster, and one order of
/// precedence says how it must end.
/// </summary>
public sealed class PairwiseTests
{
    private static readonly IReadOnlyList<Combination> Table = Combination.Pairwise();

    public static TheoryData<int, string> Rows => [.. Table.Select((row, number) => (number, row.ToString()))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_job_with_these_features_ends_as_precedence_says(int number, string features)
    {
        var row = Table[number];
        JobRow? end = null;
        Refusal? refusal = null;
        var copies = 0;
        using var cluster = new SimulatedCluster(new SimulationSetup
        {
            Seed = (ulong)number + 1,
            Templates = Planner.Templates,
            Handlers = _ => Planner.Templates.Select(template => new CombinedHandler(template.TemplateKey)),
            Execution = new ExecutionOptions { Slots = 4 },
        });
        cluster.Run(
            async () =>
            {
                (end, refusal) = await PlayAsync(cluster, row);
                copies = (await cluster.Store.Rows.Read.JobsAsync(new JobQuery { TenantId = Planner.Acme, TemplateKey = Planner.Work, Limit = 100 }, CancellationToken.None))
                    .Items.Count(job => job.Inputs.TryGetProperty("subject", out _));
            },
            TimeSpan.FromHours(1));

        end!.Status.ShouldBe(row.Expected, features);
        end.Attempts.ShouldBeInRange(row.Attempts.Least, row.Attempts.Most, features);
        (end.StatusReason == StatusReasons.Expired).ShouldBe(row.Expires && row.Expected == JobStatus.Failed, features);
        (refusal?.Code).ShouldBe(row.Cancel == CancelAt.Late ? ErrorCode.Conflict : null, features);
        copies.ShouldBe(1, features);
    }

    private static async Task<(JobRow End, Refusal? Refusal)> PlayAsync(SimulatedCluster cluster, Combination row)
    {
        var first = await cluster.StartSiloAsync();
        await cluster.FurnishAsync(Planner.Tenants);
        await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
        var client = new SimulatedClient(cluster, "ada", Planner.Acme);
        if (row.Limit)
        {
            await client.RequestAsync(Request(row with { Delay = false, Expiry = false }, """{"blocks":true}""") with { TemplateKey = Planner.Other });
        }

        if (row.Pause)
        {
            await client.OnGrainsAsync((grains, caller) => grains.Registry().Pause(new PauseChange(caller, null, Planner.Work, null)));
        }

        await cluster.World.Observer.DelayAsync(TimeSpan.FromMilliseconds(200));
        var job = await RequestAsync(cluster, client, row);
        var resume = ResumeAsync(cluster, client, row);
        var kill = KillAsync(cluster, first, row);
        var refusal = await CancelAsync(cluster, client, row, job);
        await Task.WhenAll(resume, kill);
        return (await client.EndOfAsync(job.Id), refusal);
    }

    private static async Task<JobRow> RequestAsync(SimulatedCluster cluster, SimulatedClient client, Combination row)
    {
        var request = Request(row, $$"""{"subject":true,"fails":{{(row.Fails ? "true" : "false")}},"child":{{(row.Child ? "true" : "false")}}}""") with
        {
            IdempotencyKey = row.Key ? "the-key" : null,
            RunAt = row.Delay ? cluster.World.Now.AddSeconds(1) : null,
            StartTimeoutMs = row.Expiry ? 2_000 : null,
        };
        JobRow? job = null;
        for (var i = 0; i < (row.Key ? 3 : 1); i++)
        {
            var outcome = row.Bulk
                ? (await client.RequestAsync([request with { TemplateKey = Planner.Other, Inputs = JsonElement.Parse("{}"), Limit = null, IdempotencyKey = null }, request])).Jobs[1]
                : await client.RequestAsync(request);
            outcome.Refusal.ShouldBeNull();
            job ??= outcome.Value!.Job!;
            outcome.Value!.Job!.Id.ShouldBe(job.Id);
        }

        return job!;
    }

    private static async Task ResumeAsync(SimulatedCluster cluster, SimulatedClient client, Combination row)
    {
        if (row.Pause)
        {
            await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(5));
            await client.UntilAnsweredAsync(() => client.OnGrainsAsync((grains, caller) => grains.Registry().Resume(new PauseChange(caller, null, Planner.Work, null))));
        }
    }

    private static async Task KillAsync(SimulatedCluster cluster, SimulatedSilo silo, Combination row)
    {
        if (row.Kill)
        {
            await cluster.World.Observer.DelayAsync(TimeSpan.FromMilliseconds(500));
            cluster.Kill(silo);
            await cluster.StartSiloAsync();
        }
    }

    private static async Task<Refusal?> CancelAsync(SimulatedCluster cluster, SimulatedClient client, Combination row, JobRow job)
    {
        if (row.Cancel == CancelAt.Never)
        {
            return null;
        }

        if (row.Cancel == CancelAt.Late)
        {
            await client.EndOfAsync(job.Id);
        }

        await cluster.World.Observer.DelayAsync(TimeSpan.FromMilliseconds(300));
        return (await client.CancelAsync(job.Id)).Refusal;
    }

    private static JobRequest Request(Combination row, string inputs) => new()
    {
        TenantId = Planner.Acme,
        TemplateKey = Planner.Work,
        Inputs = JsonElement.Parse(inputs),
        Limit = row.Limit ? new JobLimit("shared") : null,
    };

    private sealed class CombinedHandler(string templateKey) : IJobHandler
    {
        private static readonly HandlerResult Done = HandlerResult.Success(JsonElement.Parse("{}"));

        public string TemplateKey => templateKey;

        public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
        {
            if (context.Inputs.TryGetProperty("blocks", out _))
            {
                await Task.Delay(TimeSpan.FromSeconds(4), context.Time, cancel);
            }
            else if (context.Inputs.TryGetProperty("subject", out _))
            {
                return await WorkAsync(context, cancel);
            }

            return Done;
        }

        private static async Task<HandlerResult> WorkAsync(IJobContext context, CancellationToken cancel)
        {
            if (context.Inputs.GetProperty("child").GetBoolean() && context.State is null)
            {
                await context.RequestJobAsync("child", Planner.Other, JsonElement.Parse("{}"));
                return HandlerResult.WaitForChildren(JsonElement.Parse("{}"));
            }

            await Task.Delay(Combination.Takes, context.Time, cancel);
            return context.Inputs.GetProperty("fails").GetBoolean() && context.Attempt == 1 ? HandlerResult.Retry("planned", "as planned") : Done;
        }
    }
}
