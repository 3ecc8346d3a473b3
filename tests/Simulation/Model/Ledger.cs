using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Silo.Simulation;

namespace JobForge.Simulation.Model;

/// <summary>Everything that somebody outside of the cluster knows: requests, answers, and what handlers were seen doing. No rule here looks into the cluster.</summary>
internal sealed class Ledger(SimulatedCluster cluster)
{
    /// <summary>More than any plan, with all that may happen to it, should take.</summary>
    private const int MostRuns = 40;

    private readonly Dictionary<JobId, JobRow> _ended = [];
    private readonly Dictionary<JobId, int> _runs = [];

    public Dictionary<int, WorkPlan> Plans { get; } = [];

    public Dictionary<int, PlanFacts> Facts { get; } = [];

    public List<EventFacts> Events { get; } = [];

    public List<Effect> Effects { get; } = [];

    public List<PauseFacts> Pauses { get; } = [];

    /// <summary>What somebody wanted to pause.</summary>
    public HashSet<(TenantId? Tenant, string? Template)> MaybePaused { get; } = [];

    /// <summary>Jobs whose cancel was answered with yes, and when that was.</summary>
    public Dictionary<JobId, DateTimeOffset> Canceled { get; } = [];

    /// <summary>Somebody asked to cancel or move them, and perhaps it was done.</summary>
    public HashSet<JobId> Touched { get; } = [];

    /// <summary>Jobs that were killed, frozen or otherwise disturbed with their silo.</summary>
    public HashSet<string> DisturbedSilos { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts of tokens, which must never be readable.</summary>
    public List<string> Secrets { get; } = [];

    public List<string> Violations { get; } = [];

    public DateTimeOffset Now => cluster.World.Now;

    public IReadOnlyDictionary<JobId, JobRow> Ended => _ended;

    public WorkPlan Add(WorkPlan plan)
    {
        Plans[plan.Number] = plan;
        Facts[plan.Number] = new PlanFacts(plan);
        foreach (var child in plan.Children)
        {
            Add(child);
        }

        return plan;
    }

    public void Violate(int promise, string what)
    {
        if (Violations.Count < 20)
        {
            Violations.Add($"promise {promise}: {what} (at {cluster.World.Elapsed.TotalSeconds:F3} s)");
        }
    }

    public WorkPlan? PlanOf(JobRow row) =>
        row.Inputs.TryGetProperty("n", out var number) && Plans.TryGetValue(number.GetInt32(), out var plan) ? plan : null;

    /// <summary>An answer that shows a job. Whoever asked after its end was seen must see the same end.</summary>
    public void Observe(JobRow row, DateTimeOffset askedAt)
    {
        if (_ended.TryGetValue(row.Id, out var ended))
        {
            if (askedAt >= ended.UpdatedAt && (row.Status != ended.Status || row.StatusReason != ended.StatusReason || row.Attempts != ended.Attempts
                || row.Result?.GetRawText() != ended.Result?.GetRawText()))
            {
                Violate(2, $"job {row.Id} was {Text(ended)} and is {Text(row)}");
            }
        }
        else if (row.Status.IsFinal())
        {
            // From here on every question that is asked must be answered so.
            _ended[row.Id] = row with { UpdatedAt = Now };
        }
    }

    public Effect Begin(Effect effect)
    {
        Effects.Add(effect);
        var runs = _runs[effect.Job] = _runs.GetValueOrDefault(effect.Job) + 1;
        if (runs == MostRuns)
        {
            Violate(2, $"job {effect.Job} of {effect.Plan} has run {runs} times");
        }

        return effect;
    }

    public void SiloDied(string silo)
    {
        DisturbedSilos.Add(silo);
        foreach (var effect in Effects.Where(effect => effect.Silo == silo && effect.EndedAt is null))
        {
            effect.EndedAt = Now;
        }
    }

    public static string Text(JobRow row) => $"{row.Status.Word()} ({row.StatusReason}) after {row.Attempts} attempts with {row.Result?.GetRawText() ?? "no result"}";
}

/// <summary>What is known of one plan.</summary>
internal sealed class PlanFacts(WorkPlan plan)
{
    public WorkPlan Plan => plan;

    /// <summary>How often it may have arrived.</summary>
    public int Sent { get; set; }

    /// <summary>Jobs that answers named.</summary>
    public HashSet<JobId> Acknowledged { get; } = [];

    public DateTimeOffset? FirstAcknowledgedAt { get; set; }

    public List<Refusal> Refusals { get; } = [];

    /// <summary>Retries of its failed jobs that may have arrived.</summary>
    public int RetriesSent { get; set; }

    public HashSet<JobId> Retries { get; } = [];
}

/// <summary>One run of a handler, as seen from outside.</summary>
internal sealed class Effect
{
    public required int Number { get; init; }

    public required WorkPlan Plan { get; init; }

    public required JobId Job { get; init; }

    public required int Attempt { get; init; }

    public required string Silo { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When its token was canceled.</summary>
    public DateTimeOffset? ToldAt { get; set; }

    public StepEnd? End { get; set; }

    /// <summary>It ended by waiting for its children.</summary>
    public bool Waited { get; set; }

    public override string ToString() => $"effect {Number} of {Job} attempt {Attempt} in {Silo} from {StartedAt:HH:mm:ss.fff} to {EndedAt:HH:mm:ss.fff}";
}

internal sealed record EventFacts(TenantId Tenant, string Type, string? Key)
{
    public HashSet<EventId> Acknowledged { get; } = [];

    public int Sent { get; set; }
}

/// <param name="From">When the answer came.</param>
internal sealed record PauseFacts(TenantId? Tenant, string? Template, DateTimeOffset From)
{
    /// <summary>When the resume was asked for.</summary>
    public DateTimeOffset? Until { get; set; }
}
