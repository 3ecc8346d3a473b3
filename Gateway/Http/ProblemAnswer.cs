using System.Globalization;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;
using JobForge.Contracts.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace JobForge.Gateway.Http;

/// <summary>The one place that turns a refusal into HTTP.</summary>
/// <param name="status">Overrides the code's own status where HTTP has a finer word (405, 413, 415).</param>
public sealed class ProblemAnswer(Refusal refusal, int? status = null) : IResult
{
    public Refusal Refusal => refusal;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status ?? refusal.Code.HttpStatus();
        response.Headers.CacheControl = "no-store";
        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = WholeSeconds(wait);
        }

        httpContext.RequestServices.GetService<Observability.GatewayMeter>()?.Refused(refusal.Code);
        await response.WriteAsJsonAsync(Body(httpContext, response.StatusCode), ContractJson.Options, ProblemBody.MediaType);
    }

    private ProblemBody Body(HttpContext http, int answered) => new()
    {
        Type = "urn:jobforge:error:" + refusal.Code.Word().ToLowerInvariant(),
        Title = ReasonPhrases.GetReasonPhrase(answered),
        Status = answered,
        Detail = refusal.Message,
        Code = refusal.Code,
        Message = refusal.Message,
        CorrelationId = CorrelationId.Of(http),
        Details = refusal.Details,
        Timestamp = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
    };

    private static string WholeSeconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
