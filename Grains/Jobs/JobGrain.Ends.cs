using JobForge.Contracts.Access;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Jobs;

/// <summary>How an attempt or a run ends: queued again, parked for its children, or final with a sealed manifest.</summary>
public sealed partial class JobGrain
{
    private async Task<EndDecision> QueueAgain(StoredJob job, RunEnd end, Transition transition, DateTimeOffset due)
    {
        var requeued = new RequeuedRun
        {
            Fence = job.Fence,
            Attempt = EndedAttempt(job, end),
            Attempts = transition.Command == LifeCycleCommand.Drain ? end.Lease.Attempt - 1 : end.Lease.Attempt,
            Reason = transition.Reason,
            WaitUntil = due,
        };
        if (!await Write(jobs.RequeueAsync(requeued, CancellationToken.None)))
        {
            return await EndRefused(job, end);
        }

        Forget();
        NoteLeft(job);
        dispatch.Notice(due);
        return new EndDecision(Recorded: true, JobStatus.Queued, due);
    }

    private async Task<EndDecision> Park(StoredJob job, RunEnd end)
    {
        var parked = new ParkedParent(job.Fence, EndedAttempt(job, end), end.State!.Value, time.GetUtcNow());
        if (!await Write(holds.ParkParentAsync(parked, CancellationToken.None)))
        {
            return await EndRefused(job, end);
        }

        Forget();
        // The last child may have ended before this commit, and found nobody to wake: whoever comes second looks.
        NoteLeft(job with { Hold = JobHold.Children });
        return new EndDecision(Recorded: true, JobStatus.Queued, null);
    }

    /// <summary>
    /// The fence is lost, or another process has written the wish to cancel into the row: the store lets nothing but a cancel end such a run, and its end
    /// is decided anew with what the row says now.
    /// </summary>
    private async Task<EndDecision> EndRefused(StoredJob job, RunEnd end)
    {
        if (job.CancelRequestedAt is null && await Recall(end.Lease, end.Worker, end.StartedAt) is null)
        {
            if (_job!.CancelRequestedAt is not null)
            {
                return await End(end);
            }

            Forget();
        }

        return new EndDecision(Recorded: false, null, null);
    }

    private AttemptRow EndedAttempt(StoredJob job, RunEnd end) =>
        new(job.Row.Id, end.Lease.Attempt, end.Worker ?? _run!.Worker, end.StartedAt, time.GetUtcNow(), RunRules.AttemptOutcome(end.Kind), end.Error);

    private async Task<EndDecision> Finish(StoredJob job, RunEnd end, Transition transition)
    {
        var now = time.GetUtcNow();
        var row = job.Row with
        {
            Status = transition.To,
            StatusReason = transition.Reason,
            Attempts = end.Lease.Attempt,
            StartedAt = end.StartedAt,
            FinishedAt = now,
            UpdatedAt = now,
            Result = transition.To == JobStatus.Succeeded ? end.Result : null,
            Error = transition.To == JobStatus.Failed ? end.Error : null,
        };
        if (!await Seal(job, row, end, null))
        {
            return await EndRefused(job, end);
        }

        if (row.Status == JobStatus.Canceled)
        {
            // Those that it requested after it was asked to stop.
            await family.CancelOpen(job, new Caller(null, job.Row.Id.ToString(), "system"));
        }

        DeactivateOnIdle();
        return new EndDecision(Recorded: true, row.Status, null);
    }

    /// <summary>Ends a job that nobody started in time.</summary>
    private async Task<bool> EndLapsed(StoredJob job, LifeCycleCommand lapse)
    {
        var transition = LifeCycle.Require(JobStatus.Queued, lapse);
        var now = time.GetUtcNow();
        var row = job.Row with
        {
            Status = transition.To,
            StatusReason = transition.Reason,
            FinishedAt = now,
            UpdatedAt = now,
            Error = new JobError(transition.Reason, lapse == LifeCycleCommand.Expire ? "The job did not start in time." : "The job was not over in time."),
        };
        return await Seal(job, row, null, null);
    }

    private async Task<bool> Seal(StoredJob job, JobRow row, RunEnd? end, AuditEntry? entry)
    {
        var finished = new FinishedRun
        {
            Fence = job.Fence,
            Row = row,
            Manifest = RunManifest.Seal(row, end?.Outputs ?? [], end?.Metrics ?? new Dictionary<string, double>(StringComparer.Ordinal)),
            Worker = end?.Worker ?? _run?.Worker,
            Audit = entry,
        };
        if (!await Write(jobs.FinishAsync(finished, CancellationToken.None)))
        {
            return false;
        }

        _run = null;
        _job = job with { Row = row, OwnerEpoch = null, HolderEpoch = null, Hold = null };
        NoteLeft(_job);
        return true;
    }

    private void NoteLeft(StoredJob job)
    {
        if (job.GateKey is not null || job.Row.ParentRunId is not null || job.Hold is not null)
        {
            dispatch.Left(job);
        }
    }
}
