using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using Orleans;
using Orleans.Concurrency;

namespace JobForge.Grains.Events;

/// <summary>
/// Stores events. Reentrant: it holds no state of its own, and a caller that waits for its commit must not hold up the next one, or there would be
/// nothing to commit together.
/// </summary>
[StatelessWorker]
[Reentrant]
public sealed class EventIntakeGrain(IEventLog events, IRegistry registry, AuditTrail audit, IdSource ids, TimeProvider time) : Grain, IEventIntakeGrain
{
    public async Task<Outcome<EventReceipts>> Submit(EventSubmission submission)
    {
        if (Refuse(submission.Tenant) is { } refusal)
        {
            await audit.Record(audit.Entry(AuditActions.EventIngest, submission.Caller, submission.Tenant, refusal));
            return refusal;
        }

        var received = Timestamp.Truncate(time.GetUtcNow());
        var fresh = submission.Events.Select(submitted => ToEvent(submitted, received)).ToList();
        var appended = await events.AppendAsync(fresh, CancellationToken.None);
        return new EventReceipts([.. appended.Select(Receipt)]);
    }

    private Refusal? Refuse(TenantId tenant)
    {
        if (!registry.Current.Flags(tenant)[FeatureFlag.EventsEnabled])
        {
            return new Refusal(ErrorCode.FeatureDisabled, FrozenTexts.EventsDisabled);
        }

        return registry.Current.Tenant(tenant) is null ? Refusal.NotFound($"Tenant not found: {tenant}") : null;
    }

    private NewEvent ToEvent(SubmittedEvent submitted, DateTimeOffset received)
    {
        var envelope = submitted.Envelope;
        var row = new EventRow
        {
            Id = new EventId(ids.Next()),
            TenantId = envelope.TenantId,
            ProjectId = envelope.ProjectId,
            EventVersion = envelope.EventVersion,
            EventType = envelope.EventType,
            OccurredAt = envelope.OccurredAt ?? received,
            ReceivedAt = received,
            TraceId = envelope.TraceId,
            ActorId = envelope.ActorId,
            SourceApp = envelope.SourceApp,
            SourceModule = envelope.SourceModule,
            Subject = envelope.Subject,
            Payload = envelope.Payload,
            ContainsPii = envelope.ContainsPii,
            RedactionHints = envelope.RedactionHints,
            CreatedAt = received,
        };
        var digest = CanonicalJson.Digest(JsonSerializer.SerializeToElement(envelope, ContractJson.Options));
        var byContent = submitted.IdempotencyKey is null && envelope.OccurredAt is not null;
        return new NewEvent(row, digest, submitted.IdempotencyKey, byContent);
    }

    private static EventReceipt Receipt(EventAppend append) => append.Kind switch
    {
        EventAppendKind.Stored => new EventReceipt(append.Event, Duplicate: false, null),
        EventAppendKind.Duplicate => new EventReceipt(append.Event, Duplicate: true, null),
        EventAppendKind.KeyConflict => new EventReceipt(null, Duplicate: false, Refusal.Conflict("The idempotency key was used before with another event.")),
        _ => throw new ArgumentOutOfRangeException(nameof(append), append.Kind, "An append without an answer."),
    };
}
