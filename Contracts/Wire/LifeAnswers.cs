using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Contracts.Wire;

/// <summary>Failed jobs by template and reason.</summary>
/// <param name="Total">The sum of the items.</param>
/// <param name="More">True when there are more than were counted.</param>
public sealed record DeadLetterCounts(IReadOnlyList<DeadLetterCount> Items, long Total, bool More);

/// <summary>What a re-drive does, or would do.</summary>
/// <param name="Total">For a dry run: failed jobs that match, up to the request's max.</param>
/// <param name="More">For a dry run: true when more match than it would look at.</param>
/// <param name="Sample">For a dry run: the newest of them.</param>
/// <param name="Job">The job that does it: cancel it to stop, read its progress, result and log.</param>
public sealed record RedriveAnswer(bool DryRun, long? Total, bool? More, IReadOnlyList<JobRow>? Sample, JobRow? Job);

/// <summary>Jobs that do not start.</summary>
/// <param name="TenantId">Null: every tenant's.</param>
/// <param name="TemplateKey">Null: every template of the tenant.</param>
/// <param name="ActorId">Who paused them.</param>
public sealed record PauseView(TenantId? TenantId, string? TemplateKey, string? Reason, string? ActorId, DateTimeOffset PausedAt);

/// <param name="Changed">False when it was so before.</param>
public sealed record PauseAnswer(TenantId? TenantId, string? TemplateKey, bool Paused, bool Changed);
