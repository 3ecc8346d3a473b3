using System.Collections;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Simulation;

/// <summary>A call of the store in a line of the trace: what it is about, not everything that it carries.</summary>
internal static class CallText
{
    public static string Of(object?[] arguments, object? result) => $"({string.Join(", ", arguments.Where(one => one is not CancellationToken).Select(Short))}) -> {Short(result)}";

    private static string Short(object? value) => value switch
    {
        null => "null",
        RunFence fence => $"{Tail(fence.JobId)} {fence.Status.Word()} owner {fence.OwnerEpoch} holder {fence.HolderEpoch} attempt {fence.Attempt}",
        StoredJob job => $"{Tail(job.Row.Id)} {job.Row.Status.Word()} owner {job.OwnerEpoch} tag {job.FairTag:F2} {job.Hold}",
        JobRow row => $"{Tail(row.Id)} {row.Status.Word()} {row.StatusReason} attempts {row.Attempts}",
        FinishedRun run => $"{Short(run.Fence)} => {Short(run.Row)}",
        RequeuedRun run => $"{Short(run.Fence)} => queued {run.Reason} until {run.WaitUntil:HH:mm:ss.fff}",
        ParkedJob parked => $"{Short(parked.Fence)} => {parked.Hold}",
        ParkedParent parent => $"{Short(parent.Fence)} => children",
        NewJob job => Short(job.Job),
        Admission admission => $"{admission.Kind} {(admission.Job is { } row ? Tail(row.Id) : "")}",
        DateTimeOffset at => at.ToString("HH:mm:ss.fff"),
        Contracts.Ids.JobId id => Tail(id),
        string text => text.Length > 60 ? text[..60] : text,
        IEnumerable many => $"[{string.Join("; ", many.Cast<object?>().Take(8).Select(Short))}]",
        _ => value.ToString() is { Length: > 200 } text ? text[..200] : value.ToString()!,
    };

    /// <summary>The end of an id; its beginning is a time that many share.</summary>
    private static string Tail(Contracts.Ids.JobId id) => id.ToString()[^6..];
}
