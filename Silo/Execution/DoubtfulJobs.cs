using System.Collections.Concurrent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>
/// Jobs whose last write ended without an answer: the row may name this process's living epoch while nothing in memory knows the job, and no
/// other process would ever take it over. They are looked up until their row has told what became of them.
/// </summary>
public sealed partial class DoubtfulJobs(IJobStore jobs, IGrainFactory grains, RunQueue ready, RunExecutor executor, ILogger<DoubtfulJobs> log)
{
    private readonly ConcurrentDictionary<JobId, TenantId> _doubts = new();

    /// <summary>Jobs still to be looked up.</summary>
    public int Count => _doubts.Count;

    public void Add(TenantId tenant, JobId job) => _doubts[job] = tenant;

    /// <summary>Looks each of them up once. What cannot be looked up now stays for the next time.</summary>
    public async Task ResolveAsync(long epoch, CancellationToken cancel)
    {
        foreach (var (id, tenant) in _doubts.OrderBy(doubt => doubt.Key.Value))
        {
            var stored = await jobs.FindAsync(tenant, id, cancel);
            if (executor.IsActive(id))
            {
                continue;
            }

            _doubts.TryRemove(id, out _);
            if (stored?.HolderEpoch != epoch || stored.Row.Status.IsFinal())
            {
                ready.Forget(id);
            }
            else if (!ready.IsInHand(id))
            {
                await RescueAsync(stored, epoch);
            }
        }
    }

    /// <summary>Ends an attempt that nobody will ever report, of a job that this process's epoch owns.</summary>
    /// <returns>False when it could not be ended now; it will be looked up.</returns>
    public async Task<bool> EndLostAsync(StoredJob job, long epoch)
    {
        try
        {
            await grains.Job(job.Row.TenantId, job.Row.Id).Complete(new RunEnd
            {
                Lease = new RunLease(epoch, job.Row.Attempts),
                Kind = RunEndKind.LeaseLost,
                StartedAt = job.Row.StartedAt ?? job.Row.UpdatedAt,
                Error = new JobError("lease_lost", "The process that ran the job died or lost its lease."),
            });
            return true;
        }
        catch (Exception failure)
        {
            EndFailed(job.Row.Id, failure);
            Add(job.Row.TenantId, job.Row.Id);
            return false;
        }
    }

    private async Task RescueAsync(StoredJob job, long epoch)
    {
        Rescued(job.Row.Id, job.Row.Status.Word());
        if (job.Row.Status == JobStatus.Running)
        {
            await EndLostAsync(job, epoch);
        }
        else
        {
            ready.Add([job]);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "Rescued job {Job}: its row is {Status} and owned by this process, which had lost sight of it")]
    private partial void Rescued(JobId job, string status);

    [LoggerMessage(1502, LogLevel.Warning, "The lost attempt of job {Job} could not be ended now; trying again")]
    private partial void EndFailed(JobId job, Exception failure);
}
