using JobForge.Contracts.Jobs;

namespace JobForge.Grains.Jobs;

/// <summary>What can happen to a job after its admission. Each is one row or more of <see cref="LifeCycle.Table"/>.</summary>
public enum LifeCycleCommand
{
    /// <summary>ExecutionHost took it and its handler begins.</summary>
    Start,
    Succeed,

    /// <summary>The attempt failed and another one is left.</summary>
    FailForNow,

    /// <summary>The last attempt failed.</summary>
    Exhaust,

    /// <summary>The handler said that another attempt cannot help.</summary>
    FailPermanently,

    /// <summary>The attempt ran out of time and another one is left.</summary>
    TimeOutForNow,

    /// <summary>The last attempt ran out of time.</summary>
    TimeOut,

    /// <summary>The owner's lease ran out and another attempt is left.</summary>
    LoseLeaseForNow,

    /// <summary>The owner's lease ran out during the last attempt.</summary>
    LoseLease,

    /// <summary>The owner stops in order and gives the attempt back, uncounted.</summary>
    Drain,

    /// <summary>The handler waits for the jobs that it requested; the attempt is given back, uncounted.</summary>
    WaitForChildren,

    /// <summary>Its first attempt did not start in time.</summary>
    Expire,

    /// <summary>The whole job was not over in time, or its next attempt would begin too late.</summary>
    MissDeadline,

    /// <summary>It came up while its template or tenant was paused.</summary>
    Pause,

    /// <summary>It stands before a limit's gate.</summary>
    Limit,

    /// <summary>What held it is over.</summary>
    Release,
    RequestCancel,
    Cancel,
    Reschedule,
}

public sealed record Transition(JobStatus From, LifeCycleCommand Command, JobStatus To, string Reason);

/// <summary>The one table of a job's life: no other place names a next status. docs/state-machine.md is generated from it.</summary>
public static class LifeCycle
{
    public static IReadOnlyList<Transition> Table { get; } =
    [
        new(JobStatus.Queued, LifeCycleCommand.Start, JobStatus.Running, StatusReasons.Started),
        new(JobStatus.Queued, LifeCycleCommand.Reschedule, JobStatus.Queued, StatusReasons.Rescheduled),
        new(JobStatus.Queued, LifeCycleCommand.Pause, JobStatus.Queued, StatusReasons.Paused),
        new(JobStatus.Queued, LifeCycleCommand.Limit, JobStatus.Queued, StatusReasons.Limited),
        new(JobStatus.Queued, LifeCycleCommand.Release, JobStatus.Queued, StatusReasons.Released),
        new(JobStatus.Queued, LifeCycleCommand.Expire, JobStatus.Failed, StatusReasons.Expired),
        new(JobStatus.Queued, LifeCycleCommand.MissDeadline, JobStatus.Failed, StatusReasons.DeadlineExceeded),
        new(JobStatus.Queued, LifeCycleCommand.Cancel, JobStatus.Canceled, StatusReasons.CanceledByActor),
        new(JobStatus.Running, LifeCycleCommand.Succeed, JobStatus.Succeeded, StatusReasons.Completed),
        new(JobStatus.Running, LifeCycleCommand.FailForNow, JobStatus.Queued, StatusReasons.RetryBackoff),
        new(JobStatus.Running, LifeCycleCommand.Exhaust, JobStatus.Failed, StatusReasons.AttemptsExhausted),
        new(JobStatus.Running, LifeCycleCommand.FailPermanently, JobStatus.Failed, StatusReasons.PermanentError),
        new(JobStatus.Running, LifeCycleCommand.TimeOutForNow, JobStatus.Queued, StatusReasons.RetryBackoff),
        new(JobStatus.Running, LifeCycleCommand.TimeOut, JobStatus.Failed, StatusReasons.TimedOut),
        new(JobStatus.Running, LifeCycleCommand.LoseLeaseForNow, JobStatus.Queued, StatusReasons.LeaseLost),
        new(JobStatus.Running, LifeCycleCommand.LoseLease, JobStatus.Failed, StatusReasons.LeaseLost),
        new(JobStatus.Running, LifeCycleCommand.Drain, JobStatus.Queued, StatusReasons.Drained),
        new(JobStatus.Running, LifeCycleCommand.WaitForChildren, JobStatus.Queued, StatusReasons.WaitingForChildren),
        new(JobStatus.Running, LifeCycleCommand.MissDeadline, JobStatus.Failed, StatusReasons.DeadlineExceeded),
        new(JobStatus.Running, LifeCycleCommand.RequestCancel, JobStatus.Running, StatusReasons.CancelRequested),
        new(JobStatus.Running, LifeCycleCommand.Cancel, JobStatus.Canceled, StatusReasons.CanceledByActor),
    ];

    private static readonly Dictionary<(JobStatus, LifeCycleCommand), Transition> Index =
        Table.ToDictionary(row => (row.From, row.Command));

    /// <summary>The transition, or null when the command does not apply in that status: the caller turns that into a CONFLICT.</summary>
    public static Transition? Find(JobStatus from, LifeCycleCommand command) => Index.GetValueOrDefault((from, command));

    /// <exception cref="InvalidOperationException">No such row: a bug in the caller, which checks <see cref="Find"/> where an actor decides.</exception>
    public static Transition Require(JobStatus from, LifeCycleCommand command) =>
        Find(from, command) ?? throw new InvalidOperationException($"A {from.Word()} job knows no {command}.");
}
