using System.Text.Json;
using System.Text.RegularExpressions;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;
using JobForge.Storage.Roles;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>Admits the jobs that runs request, as their children.</summary>
public interface IChildRequests
{
    Task<Outcome<ChildRun>> RequestAsync(JobRow parent, string name, string templateKey, JsonElement inputs, ChildOptions options);
}

/// <summary>Makes handlers' views of their attempts. A run that has waited for children costs one more read, every other run none.</summary>
public sealed partial class RunContexts(IArtifactStore artifacts, IReadModel reads, IGrainFactory grains, ExecutionOptions options, TimeProvider time)
    : IChildRequests
{
    /// <summary>What the run did before it last waited; read before the attempt starts, so that a store that does not answer costs none.</summary>
    public ValueTask<RunPast> PastOfAsync(StoredJob job) => job.HandlerState is { } kept ? ReadPastAsync(job.Row, kept) : ValueTask.FromResult(RunPast.None);

    public RunContext Open(StoredJob job, int attempt, RunPast past) => new(job, attempt, past, this, artifacts, options.MaxArtifactBytes, time);

    public async Task<Outcome<ChildRun>> RequestAsync(JobRow parent, string name, string templateKey, JsonElement inputs, ChildOptions options)
    {
        if (!ChildName().IsMatch(name))
        {
            return Refusal.Invalid("name", "Must be 1-64 characters of A-Z a-z 0-9 . _ -", FieldCodes.InvalidFormat);
        }

        var caller = new Caller(KeyId: null, parent.Id.ToString(), "handler") { ActorId = parent.ActorId };
        var request = ChildOf(parent, name, templateKey, inputs, options);
        var outcome = await grains.Tenant(parent.TenantId).RequestJob(new JobSubmission(caller, request));
        if (outcome.IsRefused)
        {
            return outcome.Refusal;
        }

        var job = outcome.Value.Job!;
        return job.ParentRunId == parent.Id
            ? new ChildRun(job.Id, name, job.TemplateKey, job.Status) { Result = job.Result, Error = job.Error }
            : Refusal.Conflict("The child's key belongs to a job of somebody else.");
    }

    private static JobRequest ChildOf(JobRow parent, string name, string templateKey, JsonElement inputs, ChildOptions options) => new()
    {
        TenantId = parent.TenantId,
        TemplateKey = templateKey,
        Inputs = inputs,
        ProjectId = parent.ProjectId,
        TraceId = parent.TraceId,
        ActorId = parent.ActorId,
        IdempotencyKey = ChildRun.KeyOf(parent.Id, name),
        ParentRunId = parent.Id,
        Depth = parent.Depth + 1,
        Priority = options.Priority,
        RunAt = options.RunAt,
        MaxAttempts = options.MaxAttempts,
        TimeoutMs = options.TimeoutMs,
        StartTimeoutMs = options.StartTimeoutMs,
        TotalTimeoutMs = options.TotalTimeoutMs,
        Limit = options.Limit,
    };

    private async ValueTask<RunPast> ReadPastAsync(JobRow row, JsonElement kept)
    {
        var children = await reads.ChildrenAsync(row.TenantId, row.Id, ChildRun.MostChildren, CancellationToken.None);
        return RunPast.Read(kept) with { Children = children };
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ChildName();
}
