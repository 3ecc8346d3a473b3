using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using JobForge.Contracts.Access;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;

namespace JobForge.Client;

public sealed partial class JobForgeClient
{
    /// <summary>Why a job waits and what would unblock it, or how it runs or ended; null when there is no such job.</summary>
    public Task<WhyAnswer?> WhyAsync(JobId id, CancellationToken cancel = default) =>
        _transport.FindAsync<WhyAnswer>(Request.Get(Path($"jobs/{id}/why")), cancel);

    /// <summary>
    /// A run as it happens: status, progress and log lines as they come, the final row last. One connection: when it breaks before the end, call
    /// again with <see cref="RunStreamEvent.Id"/> of the last event.
    /// </summary>
    /// <param name="after">Only log lines with a greater sequence number.</param>
    public async IAsyncEnumerable<RunStreamEvent> StreamRunAsync(JobId run, long after = 0, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var response = await _transport.SendAsync(Request.Get(Path($"runs/{run}/stream", ("after", after))), cancel);
        await using var content = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(content).EnumerateAsync(cancel))
        {
            yield return EventOf(item);
        }
    }

    /// <summary>One page of failed jobs, newest first.</summary>
    public Task<Page<JobRow>> ListDeadLettersAsync(DeadLetterQuery query, CancellationToken cancel = default) =>
        _transport.GetAsync<Page<JobRow>>(Request.Get(DeadLettersPath("dead-letters", query.Filter, ("limit", query.Limit), ("cursor", query.Cursor))), cancel);

    /// <summary>Failed jobs by template and reason.</summary>
    public Task<DeadLetterCounts> CountDeadLettersAsync(DeadLetterFilter filter, CancellationToken cancel = default) =>
        _transport.GetAsync<DeadLetterCounts>(Request.Get(DeadLettersPath("dead-letters:count", filter)), cancel);

    /// <summary>Runs failed jobs again at a pace, or says with <see cref="RedriveRequest.DryRun"/> which. Repeating it re-drives no job twice.</summary>
    public Task<RedriveAnswer> RedriveAsync(RedriveRequest request, CancellationToken cancel = default)
    {
        var body = new { request.Filter.TenantId, request.Filter, request.PerSecond, request.Max, request.DryRun, request.Reason, request.ActorId };
        return _transport.GetAsync<RedriveAnswer>(Request.Post("dead-letters:redrive", body), cancel);
    }

    /// <summary>Lets no more jobs start of the tenant, of one of its templates, or, for operators without a tenant, of a template.</summary>
    public Task<PauseAnswer> PauseAsync(PauseRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<PauseAnswer>(Request.Post(Path("pauses"), request) with { IsIdempotent = true }, cancel);

    /// <summary>Ends such a pause.</summary>
    public Task<PauseAnswer> ResumeAsync(PauseRequest request, CancellationToken cancel = default) =>
        _transport.GetAsync<PauseAnswer>(Request.Post(Path("pauses:resume"), request) with { IsIdempotent = true }, cancel);

    public async Task<IReadOnlyList<PauseView>> ListPausesAsync(CancellationToken cancel = default) =>
        (await _transport.GetAsync<Page<PauseView>>(Request.Get(Path("pauses")), cancel)).Items;

    private string DeadLettersPath(string path, DeadLetterFilter filter, params ReadOnlySpan<(string Name, object? Value)> more) =>
        ForTenant(filter.TenantId.Value).Path(
            path,
            [
                ("template_key", filter.TemplateKey), ("status_reason", filter.StatusReason), ("error_code", filter.ErrorCode), ("attempts", filter.Attempts),
                ("from_time", filter.FromTime), ("to_time", filter.ToTime), .. more,
            ]);

    private static RunStreamEvent EventOf(SseItem<string> item)
    {
        var id = long.Parse(item.EventId ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
        return item.EventType switch
        {
            "log" => new RunStreamEvent(id, item.EventType) { Line = Read<RunLogLine>(item.Data) },
            "progress" => new RunStreamEvent(id, item.EventType) { Progress = Read<JobProgress>(item.Data) },
            _ => new RunStreamEvent(id, item.EventType) { Job = Read<JobRow>(item.Data) },
        };
    }

    private static T? Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ContractJson.Options);
}

/// <summary>One event of a run's stream; the member that its type names is set.</summary>
/// <param name="Id">Where to go on after a break.</param>
/// <param name="Type">status and end (with <see cref="Job"/>), progress, or log (with <see cref="Line"/>).</param>
public sealed record RunStreamEvent(long Id, string Type)
{
    public JobRow? Job { get; init; }

    public JobProgress? Progress { get; init; }

    public RunLogLine? Line { get; init; }
}
