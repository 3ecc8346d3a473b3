using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops;

/// <summary>
/// <c>autopilot.ops.apply</c>: carries out a changeset's operations in order, all or none. Setting a value is idempotent, so a repeated attempt
/// does no harm; it cannot know what an attempt that died before it had changed, and reports those values as unchanged.
/// Result and <c>apply_report.json</c>: <see cref="ApplyReport"/>.
/// </summary>
public sealed class OpsApplyHandler(ITenantControl control) : IJobHandler
{
    /// <summary>Undoing goes on for this long after the run was canceled.</summary>
    private static readonly TimeSpan UndoGrace = TimeSpan.FromSeconds(5);

    public string TemplateKey => "autopilot.ops.apply";

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var (changes, error) = Changeset.Read(context.Inputs);
        if (error is not null)
        {
            return HandlerResult.Permanent("invalid_operation", error);
        }

        if (context.Inputs.TryGetProperty("dry_run", out var dryRun) && dryRun.ValueKind == JsonValueKind.True)
        {
            var planned = changes.Select(change => ChangeEntry.Of(change, before: null, "planned")).ToList();
            return await ReportAsync(context, new ApplyReport(ChangesetId(context), Applied: false, DryRun: true, planned), cancel);
        }

        return await ApplyAsync(context, changes, cancel);
    }

    private async Task<HandlerResult> ApplyAsync(IJobContext context, IReadOnlyList<Change> changes, CancellationToken cancel)
    {
        var done = new List<(Change Change, bool Before)>();
        try
        {
            foreach (var change in changes)
            {
                var outcome = await SetAsync(context, change, change.After, cancel);
                if (outcome.IsRefused)
                {
                    return await UndoAndReportAsync(context, changes, done, outcome.Refusal, cancel);
                }

                done.Add((change, outcome.Value));
                context.Log($"{change.Op} {change.Subject}: {outcome.Value} -> {change.After}");
                context.Progress(100.0 * done.Count / changes.Count, change.Subject);
            }
        }
        catch (Exception e)
        {
            context.Log($"Interrupted after {done.Count} of {changes.Count} operations: {e.Message}", RunLogLevel.Error);
            await UndoAsync(context, done);
            throw;
        }

        var log = done.Select(entry => ChangeEntry.Of(entry.Change, entry.Before, "applied")).ToList();
        return await ReportAsync(context, new ApplyReport(ChangesetId(context), Applied: log.Count > 0, DryRun: false, log), cancel);
    }

    private async Task<HandlerResult> UndoAndReportAsync(
        IJobContext context, IReadOnlyList<Change> changes, IReadOnlyList<(Change Change, bool Before)> done, Refusal refusal, CancellationToken cancel)
    {
        var refused = changes[done.Count];
        context.Log($"{refused.Op} {refused.Subject} was refused: {refusal.Message}", RunLogLevel.Error);
        var undone = await UndoAsync(context, done);
        var log = done.Select((entry, index) => ChangeEntry.Of(entry.Change, entry.Before, undone[index] ? "rolled_back" : "rollback_failed"))
            .Append(ChangeEntry.Of(refused, before: null, "refused") with { Error = refusal.Message })
            .Concat(changes.Skip(done.Count + 1).Select(change => ChangeEntry.Of(change, before: null, "not_reached")))
            .ToList();
        await WriteAsync(context, new ApplyReport(ChangesetId(context), Applied: false, DryRun: false, log), cancel);
        var message = $"operations[{done.Count}] ({refused.Op} {refused.Subject}) was refused: {refusal.Message} "
            + (undone.All(ok => ok) ? "The operations before it were rolled back." : "Not every operation before it could be rolled back; see apply_report.json.");
        return refusal.Code is ErrorCode.Unavailable or ErrorCode.RateLimited or ErrorCode.InternalError
            ? HandlerResult.Retry("operation_refused", message, refusal.RetryAfter)
            : HandlerResult.Permanent("operation_refused", message);
    }

    /// <summary>Sets back, last first, what was really changed. Answers for each operation whether its old value stands again.</summary>
    private async Task<bool[]> UndoAsync(IJobContext context, IReadOnlyList<(Change Change, bool Before)> done)
    {
        // The run may be canceled already; half a changeset is worse than a moment more.
        using var grace = new CancellationTokenSource(UndoGrace, context.Time);
        var undone = new bool[done.Count];
        for (var i = done.Count - 1; i >= 0; i--)
        {
            var (change, before) = done[i];
            try
            {
                undone[i] = before == change.After || !(await SetAsync(context, change, before, grace.Token)).IsRefused;
            }
            catch (Exception e)
            {
                context.Log($"{change.Op} {change.Subject} could not be rolled back: {e.Message}", RunLogLevel.Error);
            }
        }

        return undone;
    }

    private Task<Outcome<bool>> SetAsync(IJobContext context, Change change, bool value, CancellationToken cancel) => change switch
    {
        Change.Template template => control.SetTemplateAsync(context, template.Key, value, cancel),
        Change.Flag flag => control.SetFlagAsync(context, flag.Name, value, cancel),
        _ => throw new InvalidOperationException($"No way to carry out {change.Op}."),
    };

    private static async Task<HandlerResult> ReportAsync(IJobContext context, ApplyReport report, CancellationToken cancel) =>
        HandlerResult.Success(await WriteAsync(context, report, cancel));

    private static async Task<JsonElement> WriteAsync(IJobContext context, ApplyReport report, CancellationToken cancel)
    {
        context.Metric("operations_total", report.ChangeLog.Count);
        context.Metric("operations_changed", report.ChangeLog.Count(entry => entry is { Status: "applied", Changed: true }));
        var result = ReportWriting.ToJson(report);
        await context.WriteJsonAsync("apply_report.json", result, cancel);
        return result;
    }

    private static string? ChangesetId(IJobContext context) =>
        context.Inputs.TryGetProperty("changeset_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
}

/// <param name="Applied">True when every operation of the changeset was carried out; false for a dry run, a rollback and an empty changeset.</param>
public sealed record ApplyReport(string? ChangesetId, bool Applied, bool DryRun, IReadOnlyList<ChangeEntry> ChangeLog);

/// <param name="Before">Null when the operation was not carried out, since only carrying it out tells.</param>
/// <param name="Status">applied, planned, refused, rolled_back, rollback_failed or not_reached.</param>
public sealed record ChangeEntry(string Op, string Subject, bool? Before, bool After, string Status)
{
    public bool Changed => Before is { } before && before != After;

    public string? Error { get; init; }

    internal static ChangeEntry Of(Change change, bool? before, string status) => new(change.Op, change.Subject, before, change.After, status);
}
