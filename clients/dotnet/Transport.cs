using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;

namespace JobForge.Client;

/// <summary>Sends calls and repeats those that may be repeated: reads, and writes under an idempotency key.</summary>
internal sealed class Transport(Uri gateway, string apiKey, HttpClient http, TimeProvider time)
{
    private const int MaxTries = 5;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>A server that asks for more patience than this is answered to the caller instead.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    private readonly string _root = gateway.AbsoluteUri.TrimEnd('/') + "/v1/";

    public TimeProvider Time => time;

    public async Task<T> GetAsync<T>(Request request, CancellationToken cancel)
    {
        using var response = await SendAsync(request, cancel);
        return await response.Content.ReadFromJsonAsync<T>(ContractJson.Options, cancel)
            ?? throw new JobForgeException(ErrorCode.InternalError, "The gateway's answer was empty.");
    }

    /// <summary>As <see cref="GetAsync"/>, or null when the gateway says NOT_FOUND.</summary>
    public async Task<T?> FindAsync<T>(Request request, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await GetAsync<T>(request, cancel);
        }
        catch (JobForgeException refused) when (refused.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A successful answer, its body not yet read; the caller disposes it.</summary>
    /// <exception cref="JobForgeException">The gateway refused, or was not reached within the tries that are allowed.</exception>
    public async Task<HttpResponseMessage> SendAsync(Request request, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var fault = await TryAsync(request, cancel);
            if (fault.Response is { } answered)
            {
                return answered;
            }

            var failure = fault.Failure!;
            if (attempt == MaxTries || !request.IsRepeatable || !IsPassing(failure) || failure.RetryAfter > LongestRetryAfter)
            {
                throw failure;
            }

            await Task.Delay(failure.RetryAfter ?? Backoff(attempt), time, cancel);
        }
    }

    /// <summary>Full jitter: many clients that failed together must not come back together.</summary>
    public static TimeSpan Jittered(TimeSpan upTo) => upTo * (0.5 + (RandomSource.Secure.NextDouble() / 2));

    private async Task<(HttpResponseMessage? Response, JobForgeException? Failure)> TryAsync(Request request, CancellationToken cancel)
    {
        HttpResponseMessage response;
        try
        {
            using var message = Build(request);
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, new(ErrorCode.Unavailable, "The gateway could not be reached.", fault));
        }

        if (response.IsSuccessStatusCode)
        {
            return (response, null);
        }

        using (response)
        {
            return (null, await ReadFailureAsync(response, cancel));
        }
    }

    private HttpRequestMessage Build(Request request)
    {
        // Joined as text: as a relative reference, jobs:batch would be an address of the scheme "jobs".
        var message = new HttpRequestMessage(request.Method, new Uri(_root + request.Path));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        if (request.IdempotencyKey is { } key)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (request.Body is { } body)
        {
            message.Content = JsonContent.Create(body, body.GetType(), mediaType: null, ContractJson.Options);
        }

        return message;
    }

    private static async Task<JobForgeException> ReadFailureAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var problem = await ReadProblemAsync(response, cancel);
        return new(problem?.Code ?? CodeOf(response.StatusCode), problem?.Message ?? $"The gateway answered {(int)response.StatusCode}.")
        {
            Status = (int)response.StatusCode,
            Details = problem?.Details ?? [],
            CorrelationId = problem?.CorrelationId ?? (response.Headers.TryGetValues("x-correlation-id", out var ids) ? ids.FirstOrDefault() : null),
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>Null when something between us and the gateway answered in its own format.</summary>
    private static async Task<ProblemBody?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ProblemBody.MediaType)
        {
            return null;
        }

        try
        {
            return await response.Content.ReadFromJsonAsync<ProblemBody>(ContractJson.Options, cancel);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ErrorCode CodeOf(HttpStatusCode status) => (int)status switch
    {
        401 => ErrorCode.Unauthorized,
        403 => ErrorCode.Forbidden,
        404 => ErrorCode.NotFound,
        409 => ErrorCode.Conflict,
        422 => ErrorCode.ValidationError,
        429 => ErrorCode.RateLimited,
        502 or 503 or 504 => ErrorCode.Unavailable,
        >= 500 => ErrorCode.InternalError,
        _ => ErrorCode.BadRequest,
    };

    private static bool IsPassing(JobForgeException failure) => failure.Status is null or 429 or 502 or 503 or 504;

    private static TimeSpan Backoff(int attempt)
    {
        var upTo = FirstDelay * Math.Pow(2, attempt - 1);
        return Jittered(upTo < LongestDelay ? upTo : LongestDelay);
    }
}

/// <param name="Path">Below /v1, with its query.</param>
internal sealed record Request(HttpMethod Method, string Path, object? Body = null, string? IdempotencyKey = null)
{
    /// <summary>True for writes whose repeats do nothing more, besides those under <see cref="IdempotencyKey"/>.</summary>
    public bool IsIdempotent { get; init; }

    public bool IsRepeatable => Method == HttpMethod.Get || IdempotencyKey is not null || IsIdempotent;

    public static Request Get(string path) => new(HttpMethod.Get, path);

    public static Request Post(string path, object? body = null) => new(HttpMethod.Post, path, body);
}
