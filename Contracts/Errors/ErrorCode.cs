using System.Text.Json.Serialization;

namespace JobForge.Contracts.Errors;

/// <summary>The stable machine codes of every refusal; the HTTP status of each stands in <see cref="ErrorCodes"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorCode>))]
public enum ErrorCode
{
    [JsonStringEnumMemberName("BAD_REQUEST")] BadRequest,
    [JsonStringEnumMemberName("UNAUTHORIZED")] Unauthorized,
    [JsonStringEnumMemberName("FORBIDDEN")] Forbidden,
    [JsonStringEnumMemberName("NOT_FOUND")] NotFound,
    [JsonStringEnumMemberName("CONFLICT")] Conflict,
    [JsonStringEnumMemberName("VALIDATION_ERROR")] ValidationError,
    [JsonStringEnumMemberName("RATE_LIMITED")] RateLimited,
    [JsonStringEnumMemberName("QUOTA_EXCEEDED")] QuotaExceeded,
    [JsonStringEnumMemberName("FEATURE_DISABLED")] FeatureDisabled,
    [JsonStringEnumMemberName("TEMPLATE_DISABLED")] TemplateDisabled,
    [JsonStringEnumMemberName("POLICY_DENIED")] PolicyDenied,
    [JsonStringEnumMemberName("INTERNAL_ERROR")] InternalError,
    [JsonStringEnumMemberName("UNAVAILABLE")] Unavailable,
}

public static class ErrorCodes
{
    /// <summary>The one place that maps an outcome to an HTTP status.</summary>
    public static int HttpStatus(this ErrorCode code) => code switch
    {
        ErrorCode.BadRequest => 400,
        ErrorCode.Unauthorized => 401,
        ErrorCode.Forbidden or ErrorCode.FeatureDisabled or ErrorCode.TemplateDisabled or ErrorCode.PolicyDenied => 403,
        ErrorCode.NotFound => 404,
        ErrorCode.Conflict => 409,
        ErrorCode.ValidationError => 422,
        ErrorCode.RateLimited or ErrorCode.QuotaExceeded => 429,
        ErrorCode.Unavailable => 503,
        ErrorCode.InternalError => 500,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "An error code without a status."),
    };

    /// <summary>The wire word, e.g. <c>VALIDATION_ERROR</c>.</summary>
    public static string Word(this ErrorCode code) => Words[(int)code];

    private static readonly string[] Words =
    [
        "BAD_REQUEST", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "CONFLICT", "VALIDATION_ERROR", "RATE_LIMITED", "QUOTA_EXCEEDED",
        "FEATURE_DISABLED", "TEMPLATE_DISABLED", "POLICY_DENIED", "INTERNAL_ERROR", "UNAVAILABLE",
    ];
}
