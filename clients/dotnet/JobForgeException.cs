using JobForge.Contracts.Errors;

namespace JobForge.Client;

/// <summary>The gateway refused, or could not be reached. <see cref="Exception.Message"/> is the server's own text, some of which is frozen
/// so that callers may branch on it. Never holds a key or a token.</summary>
public sealed class JobForgeException : Exception
{
    public JobForgeException(ErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    public ErrorCode Code { get; }

    /// <summary>The HTTP status; null when no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyList<FieldError> Details { get; init; } = [];

    /// <summary>Names this call in the server's logs and audit.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>When a repeat may succeed, if the server said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
