using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Simulation.Model;

/// <summary>One job that somebody wants, and what its handler will do. Its number stands in the inputs, so that every row leads back here.</summary>
internal sealed record WorkPlan
{
    public required int Number { get; init; }

    public required TenantId Tenant { get; init; }

    public required string Template { get; init; }

    public string? Key { get; init; }

    /// <summary>What each attempt does; the last one is repeated.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    public int MaxAttempts { get; init; } = 3;

    public int? TimeoutMs { get; init; }

    public int? StartTimeoutMs { get; init; }

    public int? TotalTimeoutMs { get; init; }

    public JobLimit? Limit { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public int Priority { get; init; }

    public IReadOnlyList<WorkPlan> Children { get; init; } = [];

    public int? ParentNumber { get; init; }

    public string? Token { get; init; }

    public JobRequest Request => new()
    {
        TenantId = Tenant,
        TemplateKey = Template,
        Inputs = Inputs,
        IdempotencyKey = Key,
        MaxAttempts = MaxAttempts,
        TimeoutMs = TimeoutMs,
        StartTimeoutMs = StartTimeoutMs,
        TotalTimeoutMs = TotalTimeoutMs,
        Limit = Limit,
        RunAt = RunAt,
        Priority = Priority,
        PolicyToken = Token,
        ActorId = Token is null ? null : "ada",
        TraceId = $"trace-{Number}",
    };

    public JsonElement Inputs => JsonElement.Parse($$"""{"n":{{Number}}}""");

    public Step StepOf(int attempt) => Steps[Math.Min(attempt, Steps.Count) - 1];

    /// <summary>Whether time or an actor can end it otherwise than its steps say.</summary>
    public bool OnlyStepsDecide => TimeoutMs is null && StartTimeoutMs is null && TotalTimeoutMs is null && Children.Count == 0;

    /// <summary>How it ends and after how many attempts, when nothing else happens to it.</summary>
    public (JobStatus Status, int Attempts) Expected()
    {
        for (var attempt = 1; ; attempt++)
        {
            switch (StepOf(attempt).End)
            {
                case StepEnd.Succeed:
                    return (JobStatus.Succeeded, attempt);
                case StepEnd.FailForGood:
                    return (JobStatus.Failed, attempt);
                default:
                    if (attempt == MaxAttempts)
                    {
                        return (JobStatus.Failed, attempt);
                    }

                    break;
            }
        }
    }

    public override string ToString() => $"#{Number} {Tenant} {Template} key {Key ?? "-"} [{string.Join(' ', Steps)}] of {MaxAttempts}";
}

/// <param name="Deaf">Does not observe its token.</param>
internal sealed record Step(StepEnd End, TimeSpan Takes, bool Deaf)
{
    public override string ToString() => $"{End}/{Takes.TotalSeconds:F2}s{(Deaf ? "/deaf" : "")}";
}

internal enum StepEnd
{
    Succeed,
    Fail,
    Throw,
    FailForGood,
}
