using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Contracts.Access;
using JobForge.Handlers;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Execution;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Drive;
using JobForge.Simulation.Plants;
using JobForge.Storage;
using JobForge.Storage.Roles;

namespace JobForge.Simulation;

/// <summary>What seeds have found in the product, each as the shortest scenario that shows it.</summary>
public sealed class FoundBugsTests
{
    private static readonly TenantId Acme = Planner.Acme;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_process_that_has_lost_its_epoch_does_not_spin_over_what_is_due()
    {
        using var cluster = Cluster(new SimulationSetup { Seed = 1 });
        cluster.Run(
            async () =>
            {
                await StartAsync(cluster, silos: 1);
                var client = new SimulatedClient(cluster, "ada", Acme);
                var job = await AdmitAsync(client, request => request with { RunAt = cluster.World.Now.AddSeconds(12) });
                cluster.Store.IsDown = true;
                await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(20));
                cluster.Store.IsDown = false;
                (await client.EndOfAsync(job.Id)).Status.ShouldBe(JobStatus.Succeeded);
            },
            Long);
    }

    [Fact]
    public void A_wait_of_less_than_a_millisecond_is_not_waited_out_by_spinning()
    {
        var world = new SimulatedWorld(1);
        world.Run(
            async () =>
            {
                var before = world.Elapsed;
                await new Signal().WaitAsync(TimeSpan.FromMicroseconds(300), world.Observer.Clock, CancellationToken.None);
                (world.Elapsed - before).ShouldBeGreaterThan(TimeSpan.FromMicroseconds(300));
            },
            Long);
    }

    [Fact]
    public void A_cancel_that_was_accepted_by_another_process_holds_although_the_handler_succeeds()
    {
        using var cluster = Cluster(new SimulationSetup { Seed = 1, StoreFaults = new StoreFaults { LoseSignal = 1 } });
        cluster.Run(
            async () =>
            {
                await StartAsync(cluster, silos: 2);
                var (one, other) = (cluster.Silos[0], cluster.Silos[1]);
                var caller = new Caller("key", "correlation");
                var job = (await one.Node.InvokeAsync(() => one.Grains.Tenant(Acme).RequestJob(new JobSubmission(caller, Request())))).Value!.Job!;
                await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
                var canceled = await other.Node.InvokeAsync(() => other.Grains.Job(Acme, job.Id).Cancel(new JobCommand(caller, job.Id)));

                canceled.Value!.StatusReason.ShouldBe(StatusReasons.CancelRequested);
                (await new SimulatedClient(cluster, "ada", Acme).EndOfAsync(job.Id)).Status.ShouldBe(JobStatus.Canceled);
            },
            Long);
    }

    [Fact]
    public void A_last_attempt_that_was_lost_with_its_process_ends_although_the_heir_lost_the_answer_that_named_it()
    {
        var lost = 0;
        using var cluster = Cluster(new SimulationSetup
        {
            Seed = 1,
            Interpose = (_, store) => new BentStore(store, (method, arguments, go) => method == nameof(IEpochStore.InheritAsync) && lost++ == 0 ? LoseAsync(go(arguments)) : go(arguments)),
        });
        cluster.Run(
            async () =>
            {
                await StartAsync(cluster, silos: 1);
                var client = new SimulatedClient(cluster, "ada", Acme);
                var job = await AdmitAsync(client, request => request with { MaxAttempts = 1 });
                await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
                cluster.Kill(cluster.Silos[0]);
                await cluster.StartSiloAsync();

                var end = await client.EndOfAsync(job.Id);
                (end.Status, end.StatusReason).ShouldBe((JobStatus.Failed, StatusReasons.LeaseLost));
                lost.ShouldBeGreaterThan(1);
            },
            Long);
    }

    private static async Task<Inheritance> LoseAsync(object inheriting)
    {
        await (Task<Inheritance>)inheriting;
        throw new StoreUnavailableException("The answer was lost.");
    }

    private static SimulatedCluster Cluster(SimulationSetup setup) => new(setup with
    {
        Templates = Planner.Templates,
        Handlers = _ => Planner.Templates.Select(template => new DeafHandler(template.TemplateKey)),
    });

    private static async Task StartAsync(SimulatedCluster cluster, int silos)
    {
        for (var i = 0; i < silos; i++)
        {
            await cluster.StartSiloAsync();
        }

        await cluster.FurnishAsync(Acme);
        await cluster.World.Observer.DelayAsync(TimeSpan.FromSeconds(1));
    }

    private static async Task<JobRow> AdmitAsync(SimulatedClient client, Func<JobRequest, JobRequest> with) => (await client.RequestAsync(with(Request()))).Value!.Job!;

    private static JobRequest Request() => new() { TenantId = Acme, TemplateKey = Planner.Work, Inputs = JsonElement.Parse("{}") };

    /// <summary>Works three seconds, whatever it is told.</summary>
    private sealed class DeafHandler(string templateKey) : IJobHandler
    {
        public string TemplateKey => templateKey;

        public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), context.Time, CancellationToken.None);
            return HandlerResult.Success(JsonElement.Parse("{}"));
        }
    }
}
