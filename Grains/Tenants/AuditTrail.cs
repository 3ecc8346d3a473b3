using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>Makes audit rows and keeps those that the flag, or their weight, says to keep.</summary>
public sealed class AuditTrail(IAuditLog log, IRegistry registry, IdSource ids, TimeProvider time)
{
    public AuditEntry Entry(string action, Caller caller, TenantId? tenant = null, Refusal? refusal = null) => new()
    {
        Id = ids.Next(),
        TenantId = tenant,
        Action = action,
        Allowed = refusal is null,
        Code = refusal?.Code,
        Reason = refusal?.Message,
        ActorId = caller.ActorId,
        KeyId = caller.KeyId,
        CorrelationId = caller.CorrelationId,
        CreatedAt = time.GetUtcNow(),
    };

    /// <summary>An actor's act on one job.</summary>
    public AuditEntry Entry(string action, Caller caller, JobRow job, string? reason = null) => Entry(action, caller, job.TenantId) with
    {
        ProjectId = job.ProjectId,
        JobId = job.Id,
        TemplateKey = job.TemplateKey,
        TraceId = job.TraceId,
        Reason = reason,
    };

    /// <summary>Policy decisions and acts of operators are always kept; the rest by JOBFORGE_AUDIT_LOGGING_ENABLED.</summary>
    public bool Keeps(AuditEntry entry) =>
        AuditActions.IsAlwaysKept(entry.Action) || Flags(entry.TenantId)[FeatureFlag.AuditLoggingEnabled];

    public Task Record(AuditEntry entry) => Keeps(entry) ? log.AppendAsync([entry], CancellationToken.None) : Task.CompletedTask;

    private FlagSet Flags(TenantId? tenant) => tenant is { } id ? registry.Current.Flags(id) : registry.Current.ClusterFlags;
}
