using JobForge.Contracts.Ids;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JobForge.Gateway.Http;

/// <summary>The outermost layer: a correlation id for every call, and a problem body for every refusal that has none yet.</summary>
public sealed partial class ProblemMiddleware(RequestDelegate next, IdSource ids, ILogger<ProblemMiddleware> log)
{
    /// <summary>What proxies write for a caller that went away; nobody reads it.</summary>
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        CorrelationId.Begin(http, ids);
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(http);
        }
        catch (Exception gone) when (gone is ConnectionResetException || (gone is OperationCanceledException && http.RequestAborted.IsCancellationRequested))
        {
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = ClientClosedRequest;
            }

            return;
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, new(Faults.OfStatus(bad.StatusCode), bad.StatusCode));
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            var refusal = Faults.Of(fault);
            LogFault(fault, http.Request.Method, http.GetEndpoint()?.DisplayName, refusal.Code, CorrelationId.Of(http));
            await AnswerAsync(http, new(refusal));
        }

        if (IsBareRefusal(http.Response))
        {
            var status = http.Response.StatusCode;
            await new ProblemAnswer(Faults.OfStatus(status), status).ExecuteAsync(http);
        }
    }

    private static Task AnswerAsync(HttpContext http, ProblemAnswer answer)
    {
        http.Response.Clear();
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return answer.ExecuteAsync(http);
    }

    private static bool IsBareRefusal(HttpResponse response) =>
        !response.HasStarted && response is { StatusCode: >= 400, ContentType: null, ContentLength: null };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed and was answered {Code} (correlation {CorrelationId})")]
    private partial void LogFault(Exception fault, string method, string? endpoint, Contracts.Errors.ErrorCode code, string correlationId);
}
