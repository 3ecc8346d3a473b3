using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Jobs;

/// <summary>What actors may do to a run: cancel and reschedule.</summary>
public sealed partial class JobGrain
{
    public async Task<Outcome<JobRow>> Cancel(JobCommand command)
    {
        if (await Load() is not { } job)
        {
            return NotFound();
        }

        if (job.Row.Status.IsFinal())
        {
            return Refusal.Conflict($"The job is {job.Row.Status.Word()} already and cannot be canceled.");
        }

        if (_run is not null || job.Row.Status == JobStatus.Running || job.HandlerState is not null)
        {
            // Before the job itself: should the process die in between, the actor got no answer and asks again.
            await family.CancelOpen(job, command.Caller);
        }

        var entry = audit.Entry(AuditActions.JobCancel, command.Caller, job.Row, command.Reason);
        return _run is null && job.Row.Status == JobStatus.Queued
            ? await CancelQueued(job, entry)
            : await AskToCancel(entry);
    }

    public async Task<Outcome<JobRow>> Reschedule(RescheduleJob command)
    {
        if (await Load() is not { } job)
        {
            return NotFound();
        }

        var status = _run is null ? job.Row.Status : JobStatus.Running;
        if (LifeCycle.Find(status, LifeCycleCommand.Reschedule) is not { } transition)
        {
            return Refusal.Conflict($"The job is {status.Word()} and cannot be rescheduled; only a queued one can.");
        }

        if (job.Hold == JobHold.Children)
        {
            return Refusal.Conflict("The job waits for the jobs that it requested and cannot be rescheduled.");
        }

        var now = time.GetUtcNow();
        DateTimeOffset? wait = command.RunAt > now ? command.RunAt : null;
        var (expires, deadline) = RunRules.Times(job.Row.StartTimeoutMs, job.Row.TotalTimeoutMs, job.Row.Attempts, command.RunAt);
        if (!await Write(jobs.RescheduleAsync(job.Fence, new NewTime(command.RunAt, wait, expires, deadline), now, CancellationToken.None)))
        {
            return MovedOn();
        }

        await audit.Record(audit.Entry(AuditActions.JobReschedule, command.Caller, job.Row));
        _job = job with
        {
            OwnerEpoch = null,
            HolderEpoch = null,
            WaitUntil = wait,
            ExpiresAt = expires,
            DeadlineAt = deadline,
            Hold = wait is null && job.GateKey is not null ? JobHold.Limit : null,
            Row = job.Row with { RunAt = command.RunAt, StatusReason = transition.Reason, UpdatedAt = now },
        };
        dispatch.Forget(job.Row.Id);
        dispatch.Notice(wait);
        NoteLeft(_job);
        return _job.Row;
    }

    private async Task<Outcome<JobRow>> CancelQueued(StoredJob job, AuditEntry entry)
    {
        var transition = LifeCycle.Require(JobStatus.Queued, LifeCycleCommand.Cancel);
        var now = time.GetUtcNow();
        var row = job.Row with { Status = transition.To, StatusReason = transition.Reason, FinishedAt = now, UpdatedAt = now };
        if (!await Seal(job, row, null, entry))
        {
            return MovedOn();
        }

        // This activation stays for a while, and the host forgets the job, so that a start already under way is dropped.
        dispatch.Forget(job.Row.Id);
        return row;
    }

    private async Task<Outcome<JobRow>> AskToCancel(AuditEntry entry)
    {
        // The row must say running before it can carry the wish to stop.
        if (_job!.Row.Status == JobStatus.Queued && !await WriteStart())
        {
            return MovedOn();
        }

        var job = _job!;
        var now = time.GetUtcNow();
        if (job.CancelRequestedAt is null)
        {
            if (!await Write(jobs.RequestCancelAsync(job.Fence, now, CancellationToken.None)))
            {
                return MovedOn();
            }

            var transition = LifeCycle.Require(JobStatus.Running, LifeCycleCommand.RequestCancel);
            _job = job with { CancelRequestedAt = now, Row = job.Row with { StatusReason = transition.Reason, UpdatedAt = now } };
            await audit.Record(entry);
        }

        if (_run?.Observer is { } observer)
        {
            await observer.CancelRequested(job.Row.Id, _run.Lease.Attempt);
        }

        return _job.Row;
    }

    private static Refusal NotFound() => Refusal.NotFound("Job not found");

    private static Refusal MovedOn() => Refusal.Conflict("The job has just changed; read it again.");
}
