using System.Globalization;
using System.Text.Json;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Gateway.Http;
using JobForge.Storage.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace JobForge.Gateway.Streams;

/// <summary>
/// One listener's view of one run as server-sent events: status, progress and log as they come, and end with the final row. The id of every event is
/// the sequence number of the last line sent, so a listener that comes back with it misses no line and gets none twice.
/// </summary>
internal sealed class RunStream(RunAddress run, long after, IReadModel rows, StreamPace pace, IDisposable place) : IResult
{
    private const int LinesAtOnce = 500;

    private long _sent = after;
    private JobRow? _shown;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (place)
        {
            using var until = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, pace.Stopping);
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers[HeaderNames.CacheControl] = "no-store";
            // A proxy that gathers the answer would hold the events back.
            response.Headers["X-Accel-Buffering"] = "no";
            try
            {
                await SendAsync(response, until.Token);
            }
            catch (OperationCanceledException) when (until.IsCancellationRequested)
            {
                // The listener left, or the process stops: it comes back with the last id.
            }
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken stop)
    {
        var silentSince = pace.Time.GetTimestamp();
        while (true)
        {
            // The row first: whatever a run logs is kept before its end is, so the lines read after a final row are all of them.
            if (await rows.JobAsync(run.Tenant, run.Job, stop) is not { } row)
            {
                return;
            }

            var isNews = await SendNewsAsync(response, row, stop);
            if (row.Status.IsFinal())
            {
                await EventAsync(response, "end", row, stop);
                return;
            }

            if (isNews)
            {
                silentSince = pace.Time.GetTimestamp();
            }
            else if (pace.Time.GetElapsedTime(silentSince) >= pace.Heartbeat)
            {
                await response.WriteAsync(": still there\n\n", stop);
                await response.Body.FlushAsync(stop);
                silentSince = pace.Time.GetTimestamp();
            }

            await Task.Delay(pace.Poll, pace.Time, stop);
        }
    }

    private async Task<bool> SendNewsAsync(HttpResponse response, JobRow row, CancellationToken stop)
    {
        var before = _sent;
        var isNews = false;
        if (_shown is null || (_shown.Status, _shown.StatusReason, _shown.Attempts) != (row.Status, row.StatusReason, row.Attempts))
        {
            await EventAsync(response, "status", row, stop);
            isNews = true;
        }

        if (row.Progress is { } progress && _shown?.Progress != progress)
        {
            await EventAsync(response, "progress", progress, stop);
            isNews = true;
        }

        _shown = row;
        await SendLinesAsync(response, stop);
        return isNews || _sent > before;
    }

    private async Task SendLinesAsync(HttpResponse response, CancellationToken stop)
    {
        IReadOnlyList<RunLogLine> lines;
        do
        {
            lines = await rows.LogsAsync(run.Tenant, run.Job, _sent, LinesAtOnce, stop);
            foreach (var line in lines)
            {
                _sent = line.Sequence;
                await EventAsync(response, "log", line, stop);
            }
        }
        while (lines.Count == LinesAtOnce);
    }

    private async Task EventAsync<T>(HttpResponse response, string name, T data, CancellationToken stop)
    {
        // JSON has no raw line break, so one data line holds it.
        var json = JsonSerializer.Serialize(data, ContractJson.Options);
        await response.WriteAsync($"id: {_sent.ToString(CultureInfo.InvariantCulture)}\nevent: {name}\ndata: {json}\n\n", stop);
        await response.Body.FlushAsync(stop);
    }
}

/// <param name="Stopping">Ends every stream when the process stops.</param>
internal sealed record StreamPace(TimeProvider Time, TimeSpan Poll, TimeSpan Heartbeat, CancellationToken Stopping);
