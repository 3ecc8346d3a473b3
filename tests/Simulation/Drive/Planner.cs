using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;
using JobForge.Simulation.Model;

namespace JobForge.Simulation.Drive;

/// <summary>Draws what clients want.</summary>
internal sealed class Planner(Features features, Ledger ledger, RandomSource random)
{
    public const string Work = "sim.work";
    public const string Other = "sim.other";
    public const string Parent = "sim.parent";
    public const string Action = "sim.action";

    public static readonly TenantId Acme = new("acme");
    public static readonly TenantId Rival = new("rival");
    public static readonly TenantId Quiet = new("quiet");

    public static IReadOnlyList<TenantId> Tenants { get; } = [Acme, Rival, Quiet];

    public static IReadOnlyList<JobTemplate> Templates { get; } =
        [Make(Work), Make(Other), Make(Parent), Make(Action) with { IsActionJob = true, RequiredScopes = ["ops:write"] }];

    private int _last;

    public WorkPlan Draw(TenantId tenant, string? template = null)
    {
        template ??= features.Has(Feature.Children) && random.Next(6) == 0 ? Parent : random.Next(3) == 0 ? Other : Work;
        var number = ++_last;
        return ledger.Add(new WorkPlan
        {
            Number = number,
            Tenant = tenant,
            Template = template,
            Key = features.Has(Feature.Keys) && random.Next(3) > 0 ? $"key-{number}" : null,
            Steps = Steps(),
            MaxAttempts = 1 + random.Next(4),
            TimeoutMs = On(Feature.Timeouts, 4) ? 200 + random.Next(3_000) : null,
            StartTimeoutMs = On(Feature.Expiry, 4) ? 50 + random.Next(4_000) : null,
            TotalTimeoutMs = On(Feature.Expiry, 5) ? 500 + random.Next(12_000) : null,
            Limit = On(Feature.Limits, 2) ? LimitOf(tenant) : null,
            RunAt = On(Feature.RunAt, 3) ? ledger.Now + TimeSpan.FromMilliseconds(random.Next(8_000)) : null,
            Priority = On(Feature.Priorities, 2) ? random.Next(21) - 10 : 0,
            Children = template == Parent ? [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Child(tenant, number))] : [],
        });
    }

    /// <summary>A job of a tenant that fills the queue.</summary>
    public WorkPlan Noise(TenantId tenant) => ledger.Add(new WorkPlan
    {
        Number = ++_last,
        Tenant = tenant,
        Template = Other,
        Steps = [new Step(StepEnd.Succeed, TimeSpan.FromMilliseconds(500), Deaf: false)],
    });

    /// <summary>A job that must not wait for the noise.</summary>
    public WorkPlan Single(TenantId tenant) => ledger.Add(new WorkPlan
    {
        Number = ++_last,
        Tenant = tenant,
        Template = Other,
        Steps = [new Step(StepEnd.Succeed, TimeSpan.Zero, Deaf: false)],
    });

    public WorkPlan ActionWith(TenantId tenant, string token) => ledger.Add(new WorkPlan
    {
        Number = ++_last,
        Tenant = tenant,
        Template = Action,
        Key = features.Has(Feature.Keys) && random.Next(2) == 0 ? $"action-{_last}" : null,
        Steps = Steps(),
        Token = token,
    });

    private WorkPlan Child(TenantId tenant, int parent) => new()
    {
        Number = ++_last,
        Tenant = tenant,
        Template = Work,
        Steps = Steps(),
        MaxAttempts = 1 + random.Next(3),
        ParentNumber = parent,
    };

    private List<Step> Steps()
    {
        var steps = new List<Step>();
        while (features.Has(Feature.Failures) && steps.Count < 3 && random.Next(3) == 0)
        {
            steps.Add(new Step(random.Next(2) == 0 ? StepEnd.Fail : StepEnd.Throw, Takes(), Deaf()));
        }

        steps.Add(new Step(features.Has(Feature.Failures) && random.Next(8) == 0 ? StepEnd.FailForGood : StepEnd.Succeed, Takes(), Deaf()));
        return steps;
    }

    private TimeSpan Takes() => random.Next(features.Has(Feature.Slow) ? 8 : 5) switch
    {
        0 => TimeSpan.Zero,
        1 or 2 => TimeSpan.FromMilliseconds(random.Next(40)),
        3 or 4 => TimeSpan.FromMilliseconds(random.Next(1_500)),
        _ => TimeSpan.FromMilliseconds(random.Next(14_000)),
    };

    private bool Deaf() => On(Feature.Deaf, 4);

    /// <summary>One number a key, so that what may run at once is known.</summary>
    private JobLimit LimitOf(TenantId tenant) => random.Next(2) == 0
        ? new JobLimit($"{tenant}-one")
        : new JobLimit($"{tenant}-two", 2, random.Next(2) == 0 ? 240 : null);

    private bool On(Feature feature, int oneIn) => features.Has(feature) && random.Next(oneIn) == 0;

    private static JobTemplate Make(string key) => new()
    {
        TemplateKey = key,
        Name = key,
        Category = "core",
        InputSchema = JsonElement.Parse("""{"type":"object"}"""),
        OutputSchema = JsonElement.Parse("""{"type":"object"}"""),
    };
}
