using JobForge.Contracts.Audit;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using Orleans;
using Orleans.Placement;

namespace JobForge.Grains.Jobs;

/// <summary>
/// One a run. Holds what the row says (<c>_job</c>) and the attempt that runs on its word (<c>_run</c>). Every change is taken by the store under the
/// row's fence first and applied here after; a failed or lost write drops the activation, so the next call starts from the row.
/// </summary>
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 5)]
public sealed class JobGrain(IJobStore jobs, IRunDispatch dispatch, AuditTrail audit, TimeProvider time, RandomSource random) : Grain, IJobGrain
{
    private StoredJob? _job;
    private ActiveRun? _run;

    public async Task<StartDecision> Start(StartRun command)
    {
        var lease = new RunLease(command.Job.Fence.HolderEpoch ?? 0, command.Job.Row.Attempts + 1);
        if (Outdated(lease) is { } why)
        {
            return StartDecision.Drop(why);
        }

        _job = command.Job;
        _run = new ActiveRun(lease, command.Worker, time.GetUtcNow(), command.Observer);
        // A job from a crashed process counts its attempt before the handler can crash this one too.
        if (_job.WriteStartFirst && !await WriteStart())
        {
            return StartDecision.Drop("Another owner has the job.");
        }

        return new StartDecision(Go: true, lease, null);
    }

    public async Task<bool> MarkRunning(RunLease lease) =>
        _run?.Lease == lease && (_job!.Row.Status == JobStatus.Running || await WriteStart());

    public async Task<bool> Report(RunReport report)
    {
        if (!await MarkRunning(report.Lease))
        {
            return false;
        }

        var now = time.GetUtcNow();
        if (!await Write(jobs.SaveProgressAsync(_job!.Fence, report.Progress, now, CancellationToken.None)))
        {
            return false;
        }

        _job = _job with { Row = _job.Row with { Progress = report.Progress, UpdatedAt = now } };
        return true;
    }

    public async Task<EndDecision> Complete(RunEnd end)
    {
        if (_run is { } owner && owner.Lease.Epoch > end.Lease.Epoch)
        {
            // A run that lost its lease ends while the one that owns the job now works: nothing of it counts, and nothing here changes.
            return new EndDecision(Recorded: false, _job!.Row.Status, null);
        }

        if (_run?.Lease != end.Lease && await Recall(end) is { } settled)
        {
            return settled;
        }

        var job = _job!;
        var command = RunRules.Decide(end, end.Lease.Attempt, job.Row.MaxAttempts, job.CancelRequestedAt is not null);
        var transition = LifeCycle.Require(JobStatus.Running, command);
        return transition.To == JobStatus.Queued
            ? await QueueAgain(job, end, transition)
            : await Finish(job, end, transition);
    }

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

        var now = time.GetUtcNow();
        DateTimeOffset? wait = command.RunAt > now ? command.RunAt : null;
        if (!await Write(jobs.RescheduleAsync(job.Fence, command.RunAt, wait, now, CancellationToken.None)))
        {
            return MovedOn();
        }

        await audit.Record(audit.Entry(AuditActions.JobReschedule, command.Caller, job.Row));
        _job = job with
        {
            OwnerEpoch = null,
            HolderEpoch = null,
            WaitUntil = wait,
            Row = job.Row with { RunAt = command.RunAt, StatusReason = transition.Reason, UpdatedAt = now },
        };
        dispatch.Forget(job.Row.Id);
        dispatch.Notice(wait);
        return _job.Row;
    }

    /// <summary>Why a start comes too late; null when it may go on. A run under an older epoch has lost its fence and does not count.</summary>
    private string? Outdated(RunLease lease)
    {
        if (_run is { } run && run.Lease.Epoch >= lease.Epoch)
        {
            return "The job is running already.";
        }

        return _job is { } job && job.Row.Status.IsFinal() ? $"The job is {job.Row.Status.Word()} already." : null;
    }

    private async Task<bool> WriteStart()
    {
        var run = _run!;
        var transition = LifeCycle.Require(JobStatus.Queued, LifeCycleCommand.Start);
        if (!await Write(jobs.StartAsync(_job!.Fence, run.StartedAt, CancellationToken.None)))
        {
            return false;
        }

        _job = _job with
        {
            WriteStartFirst = false,
            Row = _job.Row with
            {
                Status = transition.To,
                StatusReason = transition.Reason,
                Attempts = run.Lease.Attempt,
                StartedAt = run.StartedAt,
                UpdatedAt = run.StartedAt,
            },
        };
        return true;
    }

    /// <summary>Finds the attempt again after this activation was dropped; answers when the row shows that it is settled or someone else's.</summary>
    private async Task<EndDecision?> Recall(RunEnd end)
    {
        _job = null;
        _run = null;
        if (await Load() is not { } job)
        {
            return new EndDecision(Recorded: false, null, null);
        }

        var row = job.Row;
        if (row.Status.IsFinal())
        {
            // The finish may have committed although its answer was lost; the same attempt then counts as recorded.
            return new EndDecision(row.Attempts == end.Lease.Attempt, row.Status, null);
        }

        var startedAs = row.Status == JobStatus.Running ? row.Attempts : row.Attempts + 1;
        if (job.HolderEpoch != end.Lease.Epoch || startedAs != end.Lease.Attempt || (row.Status == JobStatus.Queued && job.WaitUntil is not null))
        {
            return new EndDecision(Recorded: false, row.Status, job.WaitUntil);
        }

        _run = new ActiveRun(end.Lease, null, end.StartedAt, null);
        return null;
    }

    private async Task<EndDecision> QueueAgain(StoredJob job, RunEnd end, Transition transition)
    {
        var now = time.GetUtcNow();
        var drained = transition.Command == LifeCycleCommand.Drain;
        var due = drained ? now : now + RunRules.Backoff(end.Lease.Attempt, end.RetryAfter, random);
        var requeued = new RequeuedRun
        {
            Fence = job.Fence,
            Attempt = new AttemptRow(job.Row.Id, end.Lease.Attempt, _run!.Worker, end.StartedAt, now, RunRules.AttemptOutcome(end.Kind), end.Error),
            Attempts = drained ? end.Lease.Attempt - 1 : end.Lease.Attempt,
            Reason = transition.Reason,
            WaitUntil = due,
        };
        if (!await Write(jobs.RequeueAsync(requeued, CancellationToken.None)))
        {
            return new EndDecision(Recorded: false, null, null);
        }

        Forget();
        dispatch.Notice(due);
        return new EndDecision(Recorded: true, JobStatus.Queued, due);
    }

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
            return new EndDecision(Recorded: false, null, null);
        }

        DeactivateOnIdle();
        return new EndDecision(Recorded: true, row.Status, null);
    }

    private async Task<bool> Seal(StoredJob job, JobRow row, RunEnd? end, AuditEntry? entry)
    {
        var finished = new FinishedRun
        {
            Fence = job.Fence,
            Row = row,
            Manifest = RunManifest.Seal(row, end?.Outputs ?? [], end?.Metrics ?? new Dictionary<string, double>(StringComparer.Ordinal)),
            Worker = _run?.Worker,
            Audit = entry,
        };
        if (!await Write(jobs.FinishAsync(finished, CancellationToken.None)))
        {
            return false;
        }

        _run = null;
        _job = job with { Row = row, OwnerEpoch = null, HolderEpoch = null };
        return true;
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

    private async Task<StoredJob?> Load()
    {
        // Another process may have moved the row; only a run of our own makes this activation's picture the newest one.
        if (_run is null || _job is null)
        {
            var (tenant, id) = GrainKeys.ParseJob(this.GetPrimaryKeyString());
            _job = await jobs.FindAsync(tenant, id, CancellationToken.None);
        }

        return _job;
    }

    /// <summary>Awaits a fenced write. After a lost fence or a failure memory may differ from the row, so this activation is dropped.</summary>
    private async Task<bool> Write(Task<bool> write)
    {
        var taken = false;
        try
        {
            taken = await write;
            return taken;
        }
        finally
        {
            if (!taken)
            {
                Forget();
            }
        }
    }

    private void Forget()
    {
        _job = null;
        _run = null;
        DeactivateOnIdle();
    }

    private static Refusal NotFound() => Refusal.NotFound("Job not found");

    private static Refusal MovedOn() => Refusal.Conflict("The job has just changed; read it again.");

    private sealed record ActiveRun(RunLease Lease, string? Worker, DateTimeOffset StartedAt, IRunObserver? Observer);
}
