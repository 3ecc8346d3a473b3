using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Gateway.Why;
using JobForge.Grains.Interfaces;
using JobForge.Runtime.Simulation;
using JobForge.Storage.Roles;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Silo.Simulation;

/// <summary>
/// An app outside of the cluster, in a process of its own. Each call goes to some silo over a network with faults. An exception of a call means that nothing
/// is known of it: it may have been carried out. What the cluster refuses is a value, as at every door.
/// </summary>
public sealed class SimulatedClient(SimulatedCluster cluster, string name, TenantId tenant)
{
    private int _calls;

    public SimulatedNode Node { get; } = cluster.World.CreateNode(name);

    public TenantId Tenant => tenant;

    /// <summary>What happens to this client's calls.</summary>
    public LinkFaults Faults { get; set; } = cluster.Setup.ClientFaults;

    public Task<Outcome<RequestJobResult>> RequestAsync(JobRequest request) =>
        OnGrainsAsync((grains, caller) => grains.Tenant(request.TenantId).RequestJob(new JobSubmission(caller, request)));

    public Task<JobBatchResult> RequestAsync(IReadOnlyList<JobRequest> requests) =>
        OnGrainsAsync((grains, caller) => grains.Tenant(tenant).RequestJobs(new JobBatchSubmission(caller, requests)));

    public Task<Outcome<EventReceipts>> SubmitAsync(IReadOnlyList<SubmittedEvent> events) =>
        OnGrainsAsync((grains, caller) => grains.EventIntake().Submit(new EventSubmission(caller, tenant, events)));

    public Task<Outcome<JobRow>> CancelAsync(JobId job, string? reason = null) =>
        OnGrainsAsync((grains, caller) => grains.Job(tenant, job).Cancel(new JobCommand(caller, job, reason)));

    public Task<Outcome<JobRow>> RescheduleAsync(JobId job, DateTimeOffset runAt) =>
        OnGrainsAsync((grains, caller) => grains.Job(tenant, job).Reschedule(new RescheduleJob(caller, runAt)));

    public Task<Outcome<RequestJobResult>> RetryAsync(JobId failed, string? idempotencyKey = null) =>
        OnGrainsAsync((grains, caller) => grains.Tenant(tenant).RetryJob(new JobCommand(caller, failed) { IdempotencyKey = idempotencyKey }));

    /// <summary>Runs any call of grains on a silo, e.g. an operator's.</summary>
    public Task<T> OnGrainsAsync<T>(Func<IGrainFactory, Caller, Task<T>> call)
    {
        var caller = new Caller($"key-{name}", $"{name}-{++_calls}") { ActorId = name };
        return OnSiloAsync(silo => call(silo.Grains, caller));
    }

    public Task<JobRow?> JobAsync(JobId job) => OnSiloAsync(silo => silo.Read.JobAsync(tenant, job, CancellationToken.None));

    /// <summary>Why the job is where it is; null when the tenant has no such job.</summary>
    public Task<WhyAnswer?> WhyAsync(JobId job) => OnSiloAsync(async silo =>
        await silo.Read.StandingAsync(tenant, job, CancellationToken.None) is { } facts ? WhyRules.Explain(facts, silo.Node.Clock.GetUtcNow()) : null);

    public Task<T> ReadAsync<T>(Func<IReadModel, Task<T>> read) => OnSiloAsync(silo => read(silo.Read));

    /// <summary>Asks until the job has ended, through faults of the network and the store.</summary>
    public async Task<JobRow> EndOfAsync(JobId job, TimeSpan? every = null)
    {
        while (true)
        {
            if (await UntilAnsweredAsync(() => JobAsync(job)) is { } row && row.Status.IsFinal())
            {
                return row;
            }

            await Node.DelayAsync(every ?? TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Repeats a call until it is answered. For calls that may be repeated: reads, and requests under an idempotency key.</summary>
    public async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is NodeLostException or Storage.StoreUnavailableException or TimeoutException or SiloUnavailableException)
            {
                await Node.DelayAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    private Task<T> OnSiloAsync<T>(Func<SimulatedSilo, Task<T>> call)
    {
        var serving = cluster.Silos.Where(silo => silo is { IsServing: true, IsStopping: false }).ToList();
        if (serving.Count == 0)
        {
            return Task.FromException<T>(new NodeLostException("every silo"));
        }

        var silo = serving[cluster.World.Random.Next(serving.Count)];
        return Node.CallAsync(silo.Node, Faults, () => call(silo));
    }
}
