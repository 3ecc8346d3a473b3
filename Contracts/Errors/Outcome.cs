using System.Diagnostics.CodeAnalysis;

namespace JobForge.Contracts.Errors;

/// <summary>One thing wrong with one field. <paramref name="Field"/> is a dot path; the empty path means the whole body.</summary>
public sealed record FieldError(string Field, string Message, string Code);

/// <summary>An expected "no": a value, never an exception. <paramref name="Message"/> is one of the frozen texts where callers branch on it.</summary>
public sealed record Refusal(ErrorCode Code, string Message)
{
    public IReadOnlyList<FieldError> Details { get; init; } = [];

    /// <summary>For RATE_LIMITED, QUOTA_EXCEEDED and UNAVAILABLE: when a repeat may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Refusal Invalid(params IReadOnlyList<FieldError> details) =>
        new(ErrorCode.ValidationError, Describe(details)) { Details = details };

    public static Refusal Invalid(string field, string message, string code = "invalid") =>
        Invalid(new FieldError(field, message, code));

    public static Refusal NotFound(string message) => new(ErrorCode.NotFound, message);

    public static Refusal Conflict(string message) => new(ErrorCode.Conflict, message);

    private static string Describe(IReadOnlyList<FieldError> details) => details switch
    {
        [] => "The request is invalid.",
        [{ Field: "" } only] => only.Message,
        [var only] => $"{only.Field}: {only.Message}",
        _ => $"{details[0].Field}: {details[0].Message} (and {details.Count - 1} more)",
    };
}

/// <summary>Either a value or a refusal; exactly one of the two is set.</summary>
public sealed record Outcome<T>
{
    public T? Value { get; init; }

    public Refusal? Refusal { get; init; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Outcome<T>(T value) => new() { Value = value };

    public static implicit operator Outcome<T>(Refusal refusal) => new() { Refusal = refusal };
}
