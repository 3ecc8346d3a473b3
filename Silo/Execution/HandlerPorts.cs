using System.Runtime.CompilerServices;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Tenants;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>Handlers read events through the read model, page by page, so a long period never fills memory.</summary>
public sealed class EventReader(IReadModel reads) : IEventReader
{
    public async IAsyncEnumerable<EventRow> ReadAsync(
        TenantId tenant, string eventType, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancel)
    {
        var query = new EventQuery { TenantId = tenant, EventType = eventType, FromTime = from, ToTime = to, Limit = 1000 };
        do
        {
            var page = await reads.EventsAsync(query, cancel);
            foreach (var row in page.Items)
            {
                yield return row;
            }

            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
    }
}

/// <summary>A handler's changes to its tenant go through TenantGrain like anybody's, attributed to the run.</summary>
public sealed class TenantControl(IGrainFactory grains, IRegistry registry) : ITenantControl
{
    public Task<Outcome<bool>> SetTemplateAsync(IJobContext run, string templateKey, bool enabled, CancellationToken cancel) =>
        grains.Tenant(run.TenantId).SetTemplate(new TemplateSwitch(CallerOf(run), templateKey, enabled));

    public async Task<Outcome<bool>> SetFlagAsync(IJobContext run, FeatureFlag flag, bool value, CancellationToken cancel)
    {
        var before = registry.Current.Flags(run.TenantId)[flag];
        var outcome = await grains.Tenant(run.TenantId).SetFlag(new FlagChange(CallerOf(run), flag, value));
        return outcome.IsRefused ? outcome.Refusal : before;
    }

    private static Caller CallerOf(IJobContext run) => new(KeyId: null, run.RunId.ToString(), "handler") { ActorId = run.ActorId };
}

/// <summary>Failed jobs through the read model; each retry goes through TenantGrain under a key of the failed job, attributed to the run.</summary>
public sealed class DeadLetters(IReadModel reads, IGrainFactory grains) : IDeadLetters
{
    public Task<Page<JobRow>> ReadAsync(DeadLetterQuery query, CancellationToken cancel) => reads.DeadLettersAsync(query, cancel);

    public async Task<int> CountAsync(DeadLetterFilter filter, int atMost, CancellationToken cancel) =>
        (int)(await reads.CountDeadLettersAsync(filter, atMost, cancel)).Sum(one => one.Count);

    public async Task<Outcome<bool>> RetryAsync(IJobContext run, JobId failed, CancellationToken cancel)
    {
        var caller = new Caller(KeyId: null, run.RunId.ToString(), "handler") { ActorId = run.ActorId };
        var outcome = await grains.Tenant(run.TenantId).RetryJob(
            new JobCommand(caller, failed, $"re-driven by {run.RunId}") { IdempotencyKey = $"redrive:{failed.Value:N}" });
        return outcome.IsRefused ? outcome.Refusal : !outcome.Value.Replayed;
    }
}

/// <summary>What can be enabled is what a handler in this process serves.</summary>
public sealed class HandlerCatalogue(HandlerRegistry handlers) : IHandlerCatalogue
{
    public bool Serves(string templateKey) => handlers.TryFind(templateKey, out _);
}
