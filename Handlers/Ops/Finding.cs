using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops;

/// <summary>One thing that a scan found.</summary>
/// <param name="Id">The rule, e.g. <c>ssl.expires_soon</c>; stable, so that findings of two runs compare.</param>
public sealed record Finding(string Id, Severity Severity, string Check, string Target, string Title, string Evidence, string Remedy);

/// <summary>A rule's words; a check fills in the evidence.</summary>
internal sealed record Rule(string Id, Severity Severity, string Title, string Remedy)
{
    public Finding At(TargetEvidence target, string evidence) =>
        new(Id, Severity, Id[..Id.IndexOf('.', StringComparison.Ordinal)], target.Target, Title, evidence, Remedy);
}

/// <summary>What was seen of one target. Checks judge this and make no calls, so each is testable without a network.</summary>
public sealed record TargetEvidence
{
    public required string Target { get; init; }

    public required Uri Url { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The page at the end of the redirects; null when the target did not answer.</summary>
    public GuardedResponse? Landing { get; init; }

    /// <summary>Why there is no landing page.</summary>
    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    /// <summary>True when the guard, not the network, kept us from looking.</summary>
    public bool Refused { get; init; }

    /// <summary>For an https target on the standard port: what plain http on port 80 answered, or null when nothing did.</summary>
    public GuardedResponse? PlainDoor { get; init; }

    /// <summary>Style sheets, scripts and images of the landing page on its own origin.</summary>
    public IReadOnlyList<GuardedResponse> Assets { get; init; } = [];

    /// <summary>Repeated requests of the landing page, each over a connection of its own.</summary>
    public IReadOnlyList<RequestTiming> Samples { get; init; } = [];
}

/// <summary>One aspect of a target.</summary>
public interface IScanCheck
{
    /// <summary>The word in the job's <c>checks</c> input and before the dot of its rules.</summary>
    string Name { get; }

    /// <param name="landing">The target's landing page; checks are asked only about targets that answered.</param>
    IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing);
}
