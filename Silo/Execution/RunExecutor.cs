using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Handlers;
using JobForge.Storage;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Silo.Execution;

/// <summary>Stage 6: takes one job from start to recorded end. The handler runs here, off any grain turn.</summary>
public sealed partial class RunExecutor(
    IGrainFactory grains, HandlerRegistry handlers, IRunLogStore logs, RunContexts contexts, ExecutionOptions options, TimeProvider time, ILogger<RunExecutor> log)
    : IRunObserver
{
    private const int MaxResultBytes = 1024 * 1024;
    private const int MaxCompleteTries = 60;
    private const string Unrecordable = "outcome_not_recordable";

    private readonly ConcurrentDictionary<JobId, ActiveRun> _active = new();
    private readonly long[] _ended = new long[Enum.GetValues<JobStatus>().Length];
    private readonly ConcurrentDictionary<JobId, int> _early = new();
    private IRunObserver? _self;

    public int ActiveCount => _active.Count;

    public bool IsActive(JobId job) => _active.ContainsKey(job);

    /// <summary>Attempts recorded by this process that left their job in that status (queued: it will be tried again).</summary>
    public long Ended(JobStatus status) => Volatile.Read(ref _ended[(int)status]);

    /// <summary>Makes this process reachable for cancel hints. Call once, after the engine has started.</summary>
    public void Listen() => _self = grains.CreateObjectReference<IRunObserver>(this);

    /// <param name="handlerEnded">Called once when the slot is free again, which is before the outcome is committed.</param>
    public async Task<RunHandling> RunAsync(StoredJob job, Action handlerEnded)
    {
        var grain = grains.Job(job.Row.TenantId, job.Row.Id);
        RunEnd end;
        try
        {
            var past = await contexts.PastOfAsync(job);
            var start = await grain.Start(new StartRun(job, options.Worker, _self));
            if (!start.Go)
            {
                // Perhaps for an earlier start whose answer was lost: then the row says that it runs here, and nobody runs it.
                Dropped(job.Row.Id, start.Why);
                return RunHandling.Doubtful;
            }

            end = await ExecuteAsync(job, start.Lease!, past, grain);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            StartFailed(job.Row.Id, failure);
            return RunHandling.NotStarted;
        }
        finally
        {
            handlerEnded();
        }

        var recorded = await CompleteAsync(grain, job, end);
        _early.TryRemove(job.Row.Id, out _);
        return recorded ? RunHandling.Settled : RunHandling.Doubtful;
    }

    /// <summary>Hint from JobGrain.</summary>
    public Task CancelRequested(JobId job, int attempt)
    {
        // The hint may overtake the start's own answer: it is kept for the run that is about to appear.
        _early[job] = attempt;
        StopIfCanceled(_active.GetValueOrDefault(job));
        return Task.CompletedTask;
    }

    /// <summary>The rows say so too, for hints that were lost.</summary>
    public void CancelRequested(IEnumerable<JobId> jobs)
    {
        foreach (var job in jobs)
        {
            _active.GetValueOrDefault(job)?.Stop(RunEndKind.Canceled);
        }
    }

    private void StopIfCanceled(ActiveRun? run)
    {
        if (run is not null && _early.TryGetValue(run.Job.Row.Id, out var attempt) && attempt == run.Lease.Attempt)
        {
            run.Stop(RunEndKind.Canceled);
        }
    }

    public void StopAll(RunEndKind reason)
    {
        foreach (var run in _active.Values.OrderBy(run => run.Job.Row.Id.Value))
        {
            run.Stop(reason);
        }
    }

    private async ValueTask<RunEnd> ExecuteAsync(StoredJob job, RunLease lease, RunPast past, IJobGrain grain)
    {
        using var run = new ActiveRun(job, lease, time);
        var context = contexts.Open(job, lease.Attempt, past);
        _active[job.Row.Id] = run;
        try
        {
            StopIfCanceled(run);
            run.StartDeadline();
            var work = InvokeAsync(context, run.Token);
            if (!work.IsCompleted)
            {
                await WatchAsync(run, context, grain, work);
            }

            context.NoteDroppedLines();
            await KeepLinesAsync(context);
            return Conclude(run, context, work.IsCompleted ? await work : null);
        }
        finally
        {
            // This run only: after a lost lease another run of the same job may stand there.
            _active.TryRemove(KeyValuePair.Create(job.Row.Id, run));
        }
    }

    private async Task<HandlerResult> InvokeAsync(RunContext context, CancellationToken stop)
    {
        if (!handlers.TryFind(context.TemplateKey, out var handler))
        {
            return HandlerResult.Permanent("no_handler", $"No handler in this process serves {context.TemplateKey}.");
        }

        try
        {
            return await handler.ExecuteAsync(context, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return HandlerResult.Retry("stopped", "The handler was stopped.");
        }
        catch (Exception failure)
        {
            HandlerFailed(context.RunId, context.TemplateKey, failure);
            context.Log($"{failure.GetType().Name}: {failure.Message}", RunLogLevel.Error);
            return HandlerResult.Retry("handler_error", Cut($"{failure.GetType().Name}: {failure.Message}"));
        }
    }

    /// <summary>Stands beside a run that takes a while: writes it as running, keeps its progress and lines, and gives up on a handler that will not stop.</summary>
    private async Task WatchAsync(ActiveRun run, RunContext context, IJobGrain grain, Task work)
    {
        await AnyAsync(options.CommitTick, work, run.Stopped);
        var told = work.IsCompleted || await TellAsync(run, grain, progress: null);
        JobProgress? progress = null;
        while (!work.IsCompleted && run.StopReason is null)
        {
            await AnyAsync(options.FlushEvery, work, run.Stopped);
            await KeepLinesAsync(context);
            progress = context.TakeProgress() ?? progress;
            if (!work.IsCompleted && (!told || progress is not null))
            {
                told = await TellAsync(run, grain, progress);
                progress = told ? null : progress;
            }
        }

        if (!work.IsCompleted)
        {
            await AnyAsync(options.StopGrace, work);
        }
    }

    /// <summary>
    /// Writes that the run is under way, and how far. While the store does not answer, the handler works on, for its lease or its end decides what becomes of
    /// the run; giving it up here would start it a second time beside itself.
    /// </summary>
    /// <returns>False when it could not be written now.</returns>
    private async Task<bool> TellAsync(ActiveRun run, IJobGrain grain, JobProgress? progress)
    {
        try
        {
            if (!await (progress is null ? grain.MarkRunning(run.Lease) : grain.Report(new RunReport(run.Lease, progress))))
            {
                run.Stop(RunEndKind.LeaseLost);
            }

            return true;
        }
        catch (Exception failure)
        {
            ReportFailed(run.Job.Row.Id, failure.Message);
            return false;
        }
    }

    private async Task AnyAsync(TimeSpan atMost, params Task[] tasks)
    {
        using var enough = new CancellationTokenSource();
        // Each is awaited for itself, so that its end is noticed where this run's code runs and not on whichever thread ended it.
        await Task.WhenAny([.. tasks.Select(async task => await task), Task.Delay(atMost, time, enough.Token)]);
        enough.Cancel();
    }

    private async Task KeepLinesAsync(RunContext context)
    {
        if (context.TakeLines() is { Count: > 0 } lines)
        {
            try
            {
                await logs.AppendAsync(context.TenantId, context.RunId, context.Holder, lines, CancellationToken.None);
            }
            catch (Exception failure)
            {
                // Lines are worth less than the run: it goes on without them, and the process log says so.
                LinesLost(context.RunId, lines.Count, failure);
            }
        }
    }

    /// <param name="result">Null: the handler did not stop in its grace period and was left behind.</param>
    private RunEnd Conclude(ActiveRun run, RunContext context, HandlerResult? result)
    {
        var (outputs, metrics) = context.Yield();
        var end = new RunEnd { Lease = run.Lease, Kind = RunEndKind.Failed, Worker = options.Worker, StartedAt = run.StartedAt, Outputs = outputs, Metrics = metrics };
        if (result is null)
        {
            HandlerAbandoned(run.Job.Row.Id, run.Job.Row.TemplateKey);
        }

        return result switch
        {
            HandlerResult.Succeeded done => Succeeded(end, done),
            HandlerResult.Waiting waiting when run.StopReason is null or RunEndKind.Drained => Waits(end, context, waiting),
            _ when run.StopReason is { } reason => end with { Kind = reason, Error = StopError(reason, run) },
            HandlerResult.Failed failed => Failed(end, failed),
            _ => throw new InvalidOperationException("A handler ended without a result and without being told to stop."),
        };
    }

    private static RunEnd Succeeded(RunEnd end, HandlerResult.Succeeded done) =>
        JsonMarshal.GetRawUtf8Value(done.Result).Length <= MaxResultBytes
            ? end with { Kind = RunEndKind.Succeeded, Result = done.Result }
            : end with { Error = new JobError("result_too_large", "The result is larger than 1 MiB; write it as an artifact.") };

    private static RunEnd Waits(RunEnd end, RunContext context, HandlerResult.Waiting waiting) =>
        waiting.State.ValueKind != System.Text.Json.JsonValueKind.Undefined && waiting.State.GetRawText().Length <= MaxResultBytes
            ? end with { Kind = RunEndKind.WaitsForChildren, State = context.Suspend(waiting.State) }
            : end with { Error = new JobError("state_too_large", "The state of a wait must be a JSON value of at most 1 MiB; write more as an artifact.") };

    private static RunEnd Failed(RunEnd end, HandlerResult.Failed failed) =>
        end with { Error = failed.Error, Retryable = failed.Retryable, RetryAfter = failed.RetryAfter };

    private static JobError? StopError(RunEndKind reason, ActiveRun run) => reason switch
    {
        RunEndKind.TimedOut when run.EndsAtDeadline => new JobError("deadline_exceeded", "The job was not over in time."),
        RunEndKind.TimedOut => new JobError("timed_out", $"The attempt took longer than {run.Job.Row.TimeoutMs} ms."),
        RunEndKind.Canceled => new JobError("canceled", "The run was canceled."),
        RunEndKind.LeaseLost => new JobError("lease_lost", "The process lost its lease."),
        _ => null,
    };

    /// <summary>Records the end; the one place that repeats it while the store does not answer. The fence makes repeating harmless.</summary>
    /// <returns>False when the end could not be recorded at all.</returns>
    private async Task<bool> CompleteAsync(IJobGrain grain, StoredJob job, RunEnd end)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var decision = await grain.Complete(end);
                if (decision.Recorded)
                {
                    Interlocked.Increment(ref _ended[(int)decision.Status!.Value]);
                }
                else
                {
                    FenceLost(job.Row.Id, end.Lease.Attempt, end.Lease.Epoch);
                }

                return true;
            }
            catch (StoreRejectedException failure) when (end.Error?.Code != Unrecordable)
            {
                // The row refuses what the handler made; repeating it would never end. The run ends as failed, without it.
                CompleteFailed(job.Row.Id, attempt, failure);
                end = end with
                {
                    Kind = RunEndKind.Failed, Retryable = false, Result = null, Outputs = [],
                    Error = new JobError(Unrecordable, "The run's outcome could not be stored."),
                };
            }
            catch (Exception failure) when (attempt < MaxCompleteTries)
            {
                CompleteFailed(job.Row.Id, attempt, failure);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, 0.1 * attempt)), time);
            }
            catch (Exception failure)
            {
                CompleteGivenUp(job.Row.Id, failure);
                return false;
            }
        }
    }

    private static string Cut(string text) => text.Length <= 2_000 ? text : text[..2_000];
}

/// <summary>What became of a job that was handed to <see cref="RunExecutor"/>.</summary>
public enum RunHandling
{
    /// <summary>Its end is recorded, or it is somebody else's.</summary>
    Settled,

    /// <summary>It could not be started for a passing reason: offer it again.</summary>
    NotStarted,

    /// <summary>Its end could not be recorded: its row must be looked up.</summary>
    Doubtful,
}
