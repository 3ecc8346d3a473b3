using System.Text.Json;
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
public sealed partial class JobGrain(
    IJobStore jobs, IHoldStore holds, IRunDispatch dispatch, RunFamily family, AuditTrail audit, TimeProvider time, RandomSource random) : Grain, IJobGrain
{
    private StoredJob? _job;
    private ActiveRun? _run;

    public async Task<StartDecision> Start(StartRun command)
    {
        var lease = new RunLease(command.Job.Holder ?? 0, command.Job.Row.Attempts + 1);
        if (Outdated(lease) is { } why)
        {
            return StartDecision.Drop(why);
        }

        _job = command.Job;
        if (RunRules.Lapse(_job, time.GetUtcNow()) is { } lapse)
        {
            await EndLapsed(_job, lapse);
            return StartDecision.Drop("Its time is over.");
        }

        _run = new ActiveRun(lease, command.Worker, time.GetUtcNow(), command.Observer);
        // A job from a crashed process counts its attempt before the handler can crash this one too.
        if (_job.WriteStartFirst && !await WriteStart())
        {
            return StartDecision.Drop("Another owner has the job.");
        }

        return new StartDecision(Go: true, lease, null);
    }

    public async Task<bool> MarkRunning(RunLease lease)
    {
        // An earlier write may have failed and taken this activation's memory with it; a run that owns the job now is not disturbed.
        if (_run is null ? await Recall(lease, worker: null, time.GetUtcNow()) is not null : _run.Lease != lease)
        {
            return false;
        }

        return _job!.Row.Status == JobStatus.Running || await WriteStart();
    }

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

    // The usual end hands on the task of its write; a state machine of its own would wait with it for every run.
    public Task<EndDecision> Complete(RunEnd end) => _run?.Lease == end.Lease ? End(end) : CompleteStray(end);

    public async Task Expire()
    {
        if (await Load() is { } job && _run is null && job.Row.Status == JobStatus.Queued
            && RunRules.Lapse(job, time.GetUtcNow()) is { } lapse && await EndLapsed(job, lapse))
        {
            // The host forgets the job, so that a start already under way is dropped.
            dispatch.Forget(job.Row.Id);
        }
    }

    /// <summary>An end that is not that of the run known here: the activation was dropped meanwhile, or the run was.</summary>
    private async Task<EndDecision> CompleteStray(RunEnd end)
    {
        if (_run is { } owner && owner.Lease.Epoch > end.Lease.Epoch)
        {
            // A run that lost its lease ends while the one that owns the job now works: nothing of it counts, and nothing here changes.
            return new EndDecision(Recorded: false, _job!.Row.Status, null);
        }

        return await Recall(end.Lease, end.Worker, end.StartedAt) ?? (IsKept(end) ? WaitIsKept() : await End(end));
    }

    /// <summary>
    /// Whether the wait that ended this part of the run stands in the row already: its answer was lost, and the children may have ended since. A woken run has
    /// the fence that it had before it waited, so only what it handed over tells the two apart.
    /// </summary>
    private bool IsKept(RunEnd end) => end.State is { } state && _job!.HandlerState is { } kept && JsonElement.DeepEquals(state, kept);

    private EndDecision WaitIsKept()
    {
        Forget();
        return new EndDecision(Recorded: true, JobStatus.Queued, null);
    }

    private Task<EndDecision> End(RunEnd end)
    {
        var job = _job!;
        var command = RunRules.Decide(end, end.Lease.Attempt, job.Row.MaxAttempts, job.CancelRequestedAt is not null);
        var now = time.GetUtcNow();
        var due = command is LifeCycleCommand.FailForNow or LifeCycleCommand.TimeOutForNow or LifeCycleCommand.LoseLeaseForNow
            ? now + RunRules.Backoff(end.Lease.Attempt, end.RetryAfter, random)
            : now;
        var transition = LifeCycle.Require(JobStatus.Running, RunRules.AtDeadline(command, due, job.DeadlineAt));
        return transition switch
        {
            { Command: LifeCycleCommand.WaitForChildren } => Park(job, end),
            { To: JobStatus.Queued } => QueueAgain(job, end, transition, due),
            _ => Finish(job, end, transition),
        };
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
    private async Task<EndDecision?> Recall(RunLease lease, string? worker, DateTimeOffset startedAt)
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
            return new EndDecision(row.Attempts == lease.Attempt, row.Status, null);
        }

        var startedAs = row.Status == JobStatus.Running ? row.Attempts : row.Attempts + 1;
        if (job.HolderEpoch != lease.Epoch || startedAs != lease.Attempt || (row.Status == JobStatus.Queued && job.WaitUntil is not null))
        {
            return new EndDecision(Recorded: false, row.Status, job.WaitUntil);
        }

        _run = new ActiveRun(lease, worker, startedAt, null);
        return null;
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

    private sealed record ActiveRun(RunLease Lease, string? Worker, DateTimeOffset StartedAt, IRunObserver? Observer);
}
