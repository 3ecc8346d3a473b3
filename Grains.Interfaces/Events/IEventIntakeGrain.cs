using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using Orleans;

namespace JobForge.Grains.Interfaces;

/// <summary>Stage 1, event in. A stateless worker: events of one tenant need no single writer, their unique keys stand in the store.</summary>
public interface IEventIntakeGrain : IGrainWithStringKey
{
    /// <summary>Stores valid envelopes of one tenant. Refused as a whole when ingestion is switched off or the tenant is unknown.</summary>
    Task<Outcome<EventReceipts>> Submit(EventSubmission submission);
}

/// <param name="Events">1-1000, all of <paramref name="Tenant"/>.</param>
public sealed record EventSubmission(Caller Caller, TenantId Tenant, IReadOnlyList<SubmittedEvent> Events);

/// <param name="IdempotencyKey">Unique a tenant for good.</param>
public sealed record SubmittedEvent(EventEnvelope Envelope, string? IdempotencyKey = null);

/// <summary>In the order of the submission.</summary>
public sealed record EventReceipts(IReadOnlyList<EventReceipt> Events);

/// <param name="Event">The stored row, or the first one that this repeats; null when refused.</param>
public sealed record EventReceipt(EventRow? Event, bool Duplicate, Refusal? Refusal);
