using JobForge.Contracts.Access;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Policy;

namespace JobForge.Contracts.Wire;

/// <summary>Answer to an array of events: one item for each, in order.</summary>
public sealed record EventBatchAnswer(IReadOnlyList<EventBatchItem> Items);

/// <param name="Event">The stored row, or the earlier one that this repeats; null when refused.</param>
/// <param name="Duplicate">True when the event was stored before.</param>
public sealed record EventBatchItem(EventRow? Event, bool Duplicate, ItemError? Error);

/// <summary>Answer to a batch of job requests: one item for each, in order.</summary>
public sealed record JobBatchAnswer(IReadOnlyList<JobBatchItem> Items);

/// <param name="Result">Null when refused.</param>
/// <param name="Replayed">True when the idempotency key led to a job that existed already.</param>
public sealed record JobBatchItem(RequestJobResult? Result, bool Replayed, ItemError? Error);

/// <summary>A tenant and its limits.</summary>
/// <param name="RequestsPerMinute">Job requests admitted a minute.</param>
/// <param name="MaxQueuedJobs">Jobs that may wait at once.</param>
public sealed record TenantView(TenantId TenantId, string Name, int RequestsPerMinute, int MaxQueuedJobs, DateTimeOffset CreatedAt)
{
    /// <summary>Jobs that may run at once, over all processes; null: no bound.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>Starts a minute; null: no bound.</summary>
    public int? StartsPerMinute { get; init; }
}

/// <summary>What may be known of a key after its making: never its text or hash.</summary>
public sealed record ApiKeyView(
    string KeyId, TenantId? TenantId, ApiKeyRole Role, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <param name="ApiKey">The key's text. Shown this once, kept nowhere.</param>
public sealed record NewApiKey(string ApiKey, string KeyId, TenantId? TenantId, ApiKeyRole Role, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Never prints the key.</summary>
    public override string ToString() => $"NewApiKey {KeyId}";
}

/// <param name="PolicyToken">The text to hand to the actor; it is kept nowhere.</param>
public sealed record NewPolicyToken(string PolicyToken, PolicyToken Claims)
{
    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"NewPolicyToken {Claims.Id}";
}

/// <param name="AlreadyRevoked">True when an earlier call had revoked it.</param>
public sealed record TokenRevocationAnswer(string TokenId, bool Revoked, bool AlreadyRevoked);

/// <summary>A tenant's own switch of a template; it can only narrow what the cluster enables.</summary>
/// <param name="WasEnabled">What the switch said before.</param>
public sealed record TemplateSwitchAnswer(string TemplateKey, TenantId TenantId, bool Enabled, bool WasEnabled);

/// <param name="Status">ok, ready, or why not.</param>
public sealed record HealthAnswer(string Status, string Version);
