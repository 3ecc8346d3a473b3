using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Wire;

namespace JobForge.Client;

public sealed partial class JobForgeClient
{
    /// <summary>Requests a job, or tries it with <see cref="JobRequest.DryRun"/>. Without an idempotency key one is made for this call.</summary>
    public Task<RequestJobResult> RequestJobAsync(JobRequest request, CancellationToken cancel = default)
    {
        var keyed = Keyed(request);
        return _transport.GetAsync<RequestJobResult>(Request.Post("jobs", keyed) with { IdempotencyKey = keyed.IdempotencyKey }, cancel);
    }

    /// <summary>Requests 1-1000 jobs of one tenant in one transaction; items are answered one by one, in order.</summary>
    public Task<JobBatchAnswer> RequestJobsAsync(IEnumerable<JobRequest> requests, CancellationToken cancel = default)
    {
        JobRequest[] keyed = [.. requests.Select(Keyed)];
        return _transport.GetAsync<JobBatchAnswer>(Request.Post("jobs:batch", keyed) with { IsIdempotent = true }, cancel);
    }

    /// <summary>Null when there is no such job of this tenant.</summary>
    public Task<JobRow?> GetJobAsync(JobId id, CancellationToken cancel = default) =>
        _transport.FindAsync<JobRow>(Request.Get(Path($"jobs/{id}")), cancel);

    /// <summary>One page of jobs, newest first.</summary>
    public Task<Page<JobRow>> ListJobsAsync(JobQuery query, CancellationToken cancel = default) =>
        _transport.GetAsync<Page<JobRow>>(Request.Get(JobsPath(query)), cancel);

    /// <summary>All jobs that match, newest first, fetched a page at a time.</summary>
    public IAsyncEnumerable<JobRow> ListAllJobsAsync(JobQuery query, CancellationToken cancel = default) =>
        AllPagesAsync((cursor, token) => ListJobsAsync(query with { Cursor = cursor }, token), cancel);

    /// <summary>Cancels a queued job at once and asks a running one to stop; its status tells which.</summary>
    public Task<JobRow> CancelJobAsync(JobId id, string? reason = null, CancellationToken cancel = default) =>
        _transport.GetAsync<JobRow>(Request.Post(Path($"jobs/{id}/cancel"), new CancelRequest(reason)), cancel);

    /// <summary>Runs a failed job again; the answer's job is the new one.</summary>
    public Task<RequestJobResult> RetryJobAsync(JobId id, string? reason = null, CancellationToken cancel = default) =>
        _transport.GetAsync<RequestJobResult>(Request.Post(Path($"jobs/{id}/retry"), new CancelRequest(reason)), cancel);

    public Task<JobRow> RescheduleJobAsync(JobId id, DateTimeOffset runAt, CancellationToken cancel = default) =>
        _transport.GetAsync<JobRow>(Request.Post(Path($"jobs/{id}/reschedule"), new RescheduleRequest(runAt)) with { IsIdempotent = true }, cancel);

    /// <summary>Asks again and again, ever more seldom, until the job has ended: succeeded, failed or canceled.</summary>
    /// <exception cref="JobForgeException">NOT_FOUND: there is no such job.</exception>
    /// <exception cref="TimeoutException">It has not ended within <see cref="WaitOptions.Timeout"/>.</exception>
    public async Task<JobRow> WaitForCompletionAsync(JobId id, WaitOptions? options = null, CancellationToken cancel = default)
    {
        var wait = options ?? new();
        var time = _transport.Time;
        var start = time.GetTimestamp();
        var delay = wait.FirstDelay;
        while (true)
        {
            var job = await GetJobAsync(id, cancel) ?? throw new JobForgeException(ErrorCode.NotFound, $"Job {id} not found");
            if (job.Status.IsFinal())
            {
                return job;
            }

            var left = wait.Timeout - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException($"Job {id} did not complete within {wait.Timeout}; it is {job.Status.Word()}.");
            }

            var next = Transport.Jittered(delay);
            await Task.Delay(next < left ? next : left, time, cancel);
            delay = delay * 2 < wait.LongestDelay ? delay * 2 : wait.LongestDelay;
        }
    }

    private JobRequest Keyed(JobRequest request) => request.IdempotencyKey is null ? request with { IdempotencyKey = NewKey() } : request;

    private string JobsPath(JobQuery query) => ForTenant(query.TenantId.Value).Path(
        "jobs",
        ("status", query.Statuses is [] ? null : string.Join(',', query.Statuses.Select(JobStatuses.Word))),
        ("template_key", query.TemplateKey),
        ("project_id", query.ProjectId),
        ("trace_id", query.TraceId),
        ("limit", query.Limit),
        ("cursor", query.Cursor));
}

/// <summary>How to wait for a job: delays double from the first to the longest, each shortened by up to half at random.</summary>
public sealed record WaitOptions
{
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
