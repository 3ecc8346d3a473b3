using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Policy;
using JobForge.Grains.Interfaces;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Model;
using JobForge.Storage;

namespace JobForge.Simulation.Drive;

/// <summary>One app: draws what it does next, repeats what got no answer under the same key, and writes every answer down.</summary>
internal sealed class ClientScript(SimulatedClient client, Features features, Planner planner, Ledger ledger, RandomSource random)
{
    private readonly List<JobId> _mine = [];
    private readonly List<string> _tokens = [];

    private TenantId Tenant => client.Tenant;

    public async Task RunAsync()
    {
        for (var action = 0; action < features.Actions; action++)
        {
            await client.Node.DelayAsync(TimeSpan.FromMilliseconds(random.Next(2_000)));
            await ActAsync();
        }
    }

    /// <summary>Requests, again and again until there is an answer.</summary>
    public async Task RequestAsync(WorkPlan plan)
    {
        var facts = ledger.Facts[plan.Number];
        for (var tries = 0; tries < (plan.Key is null ? 1 : 5); tries++)
        {
            facts.Sent++;
            var asked = ledger.Now;
            if (await TryAsync(() => client.RequestAsync(plan.Request)) is { } outcome)
            {
                Note(facts, outcome, asked);
                return;
            }
        }
    }

    public async Task RequestManyAsync(IReadOnlyList<WorkPlan> plans)
    {
        foreach (var plan in plans)
        {
            ledger.Facts[plan.Number].Sent++;
        }

        var asked = ledger.Now;
        if (await TryAsync(() => client.RequestAsync([.. plans.Select(plan => plan.Request)])) is { } result)
        {
            for (var i = 0; i < plans.Count; i++)
            {
                Note(ledger.Facts[plans[i].Number], result.Jobs[i], asked);
            }
        }
    }

    private Task ActAsync() => random.Next(12) switch
    {
        0 when features.Has(Feature.Bulk) => RequestManyAsync([.. Enumerable.Range(0, 2 + random.Next(6)).Select(_ => planner.Draw(Tenant))]),
        1 when features.Has(Feature.Events) => SubmitAsync(),
        2 when features.Has(Feature.Cancel) => OnSomeAsync(CancelAsync),
        3 when features.Has(Feature.Retry) => RetryAsync(),
        4 when features.Has(Feature.Reschedule) => OnSomeAsync(RescheduleAsync),
        5 when features.Has(Feature.Tokens) => UseTokenAsync(),
        6 => OnSomeAsync(LookAsync),
        7 => OnSomeAsync(AskWhyAsync),
        8 => OnSomeAsync(TrespassAsync),
        9 when features.Has(Feature.Pauses) => PauseAsync(),
        10 when features.Has(Feature.Keys) => RepeatAsync(),
        _ => RequestAsync(planner.Draw(Tenant)),
    };

    private Task OnSomeAsync(Func<JobId, Task> act) => _mine.Count == 0 ? RequestAsync(planner.Draw(Tenant)) : act(_mine[random.Next(_mine.Count)]);

    private void Note(PlanFacts facts, Outcome<RequestJobResult> outcome, DateTimeOffset asked)
    {
        if (outcome.IsRefused)
        {
            facts.Refusals.Add(outcome.Refusal);
            if (facts.Plan.Token is null || outcome.Refusal.Code != ErrorCode.PolicyDenied)
            {
                ledger.Violate(1, $"{facts.Plan} was refused: {outcome.Refusal}");
            }

            return;
        }

        var row = outcome.Value.Job!;
        facts.FirstAcknowledgedAt ??= ledger.Now;
        facts.Acknowledged.Add(row.Id);
        _mine.Add(row.Id);
        ledger.Observe(row, asked);
        if (row.TenantId != Tenant || ledger.PlanOf(row) != facts.Plan)
        {
            ledger.Violate(5, $"{facts.Plan} was answered with another's job {row.Id} of {row.TenantId}: {row.Inputs}");
        }

        if (facts.Plan.Key is not null && facts.Acknowledged.Count > 1)
        {
            ledger.Violate(1, $"one key made several jobs: {facts.Plan} {string.Join(", ", facts.Acknowledged)}");
        }
    }

    /// <summary>The same key with another body, and again with its own.</summary>
    private async Task RepeatAsync()
    {
        var keyed = ledger.Facts.Values.Where(facts => facts.Plan.Key is not null && facts.Plan.Token is null && facts.Plan.Tenant == Tenant && facts.Acknowledged.Count > 0).ToList();
        if (keyed.Count == 0)
        {
            await RequestAsync(planner.Draw(Tenant));
            return;
        }

        var facts = keyed[random.Next(keyed.Count)];
        var other = facts.Plan.Request with { Inputs = JsonElement.Parse("""{"n":0}""") };
        if (await TryAsync(() => client.RequestAsync(other)) is { } conflict && conflict.Refusal?.Code != ErrorCode.Conflict)
        {
            ledger.Violate(1, $"the key of {facts.Plan} was accepted with other inputs");
        }

        await RequestAsync(facts.Plan);
    }

    private async Task SubmitAsync()
    {
        var key = features.Has(Feature.Keys) && random.Next(2) == 0 ? $"event-{ledger.Events.Count}" : null;
        var facts = new EventFacts(Tenant, $"sim.happened.{ledger.Events.Count}", key);
        ledger.Events.Add(facts);
        var envelope = new EventEnvelope { TenantId = Tenant, EventType = facts.Type, TraceId = "sim", SourceApp = "settler", Payload = JsonElement.Parse("""{"a":1}""") };
        for (var tries = 0; tries < (key is null ? 1 : 4); tries++)
        {
            facts.Sent++;
            if (await TryAsync(() => client.SubmitAsync([new SubmittedEvent(envelope, key)])) is { } outcome)
            {
                if (outcome.IsRefused)
                {
                    ledger.Violate(1, $"an event was refused: {outcome.Refusal}");
                    return;
                }

                facts.Acknowledged.Add(outcome.Value.Events[0].Event!.Id);
                return;
            }
        }
    }

    private async Task CancelAsync(JobId job)
    {
        ledger.Touched.Add(job);
        var asked = ledger.Now;
        if (await TryAsync(() => client.CancelAsync(job, "no longer needed")) is { IsRefused: false } canceled)
        {
            ledger.Canceled.TryAdd(job, ledger.Now);
            ledger.Observe(canceled.Value, asked);
        }
    }

    private async Task RescheduleAsync(JobId job)
    {
        ledger.Touched.Add(job);
        var to = client.Node.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(random.Next(6_000) - 1_000);
        await TryAsync(() => client.RescheduleAsync(job, to));
    }

    private async Task RetryAsync()
    {
        var failed = ledger.Ended.Values.Where(row => row.Status == JobStatus.Failed && row.TenantId == Tenant && row.RetryOf is null).ToList();
        if (failed.Count == 0)
        {
            await OnSomeAsync(LookAsync);
            return;
        }

        var row = failed[random.Next(failed.Count)];
        if (ledger.PlanOf(row) is not { Token: null } plan)
        {
            return;
        }

        var facts = ledger.Facts[plan.Number];
        facts.RetriesSent++;
        if (await TryAsync(() => client.RetryAsync(row.Id)) is { IsRefused: false } outcome)
        {
            facts.Retries.Add(outcome.Value.Job!.Id);
            _mine.Add(outcome.Value.Job!.Id);
        }
    }

    /// <summary>Two requests race for one token, or one comes late.</summary>
    private async Task UseTokenAsync()
    {
        var issue = new PolicyTokenRequest(Tenant, "ada", Planner.Action, ["ops:write"]);
        if (await TryAsync(() => client.OnGrainsAsync((grains, caller) => grains.Policy(Tenant).Issue(new TokenIssue(caller, issue)))) is not { IsRefused: false } issued)
        {
            return;
        }

        var token = issued.Value.PolicyToken;
        _tokens.Add(token);
        ledger.Secrets.Add(token);
        await Task.WhenAll(Enumerable.Range(0, 1 + random.Next(3)).Select(async _ => await RequestAsync(planner.ActionWith(Tenant, token))));
        if (random.Next(2) == 0)
        {
            await RequestAsync(planner.ActionWith(Tenant, _tokens[random.Next(_tokens.Count)]));
        }
    }

    private async Task LookAsync(JobId job)
    {
        var asked = ledger.Now;
        var (answered, row) = await AnswerAsync(() => client.JobAsync(job));
        if (!answered)
        {
            return;
        }

        if (row is null)
        {
            ledger.Violate(1, $"the acknowledged job {job} is not found");
            return;
        }

        ledger.Observe(row, asked);
    }

    private async Task AskWhyAsync(JobId job)
    {
        var (answered, why) = await AnswerAsync(() => client.WhyAsync(job));
        if (answered && (why is null || string.IsNullOrWhiteSpace(why.Message) || (ledger.Ended.ContainsKey(job) && why.Code != WhyCodes.Ended)))
        {
            ledger.Violate(4, $"job {job} says of itself: {why?.Code ?? "nothing"}, although {(ledger.Ended.ContainsKey(job) ? "it has ended" : "it was acknowledged")}");
        }
    }

    /// <summary>Another tenant's job is as good as absent, through every door.</summary>
    private async Task TrespassAsync(JobId job)
    {
        var owner = ledger.Facts.Values.FirstOrDefault(facts => facts.Plan.Tenant != Tenant && facts.Acknowledged.Count > 0);
        if (owner is null)
        {
            await LookAsync(job);
            return;
        }

        var other = owner.Acknowledged.First();
        var (readable, row) = await AnswerAsync(() => client.JobAsync(other));
        var cancel = await TryAsync(() => client.CancelAsync(other));
        if ((readable && row is not null) || (cancel is not null && cancel.Refusal?.Code != ErrorCode.NotFound))
        {
            ledger.Violate(5, $"{Tenant} reached job {other} of {owner.Plan.Tenant}");
        }
    }

    private async Task PauseAsync()
    {
        var template = random.Next(2) == 0 ? Planner.Work : null;
        var what = (Tenant: template is null || random.Next(2) == 0 ? Tenant : (TenantId?)null, Template: template);
        ledger.MaybePaused.Add(what);
        if (await TryAsync(() => client.OnGrainsAsync((grains, caller) => grains.Registry().Pause(new PauseChange(caller, what.Tenant, what.Template, "simulated")))) is null)
        {
            await ResumeAsync(what.Tenant, what.Template);
            return;
        }

        var pause = new PauseFacts(what.Tenant, what.Template, ledger.Now);
        ledger.Pauses.Add(pause);
        await client.Node.DelayAsync(TimeSpan.FromMilliseconds(random.Next(6_000)));
        foreach (var same in ledger.Pauses.Where(one => one.Tenant == pause.Tenant && one.Template == pause.Template))
        {
            same.Until ??= ledger.Now;
        }

        await ResumeAsync(what.Tenant, what.Template);
    }

    private async Task ResumeAsync(TenantId? tenant, string? template)
    {
        while (await TryAsync(() => client.OnGrainsAsync((grains, caller) => grains.Registry().Resume(new PauseChange(caller, tenant, template, null)))) is null)
        {
            await client.Node.DelayAsync(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class => (await AnswerAsync(call)).Answer;

    /// <summary>False: nothing is known of the call. What no door may throw is a violation.</summary>
    private async Task<(bool Answered, T? Answer)> AnswerAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return (true, await call());
        }
        catch (Exception failure) when (failure is NodeLostException or StoreUnavailableException or TimeoutException or Orleans.Runtime.SiloUnavailableException)
        {
            if (features.Calm)
            {
                ledger.Violate(1, $"a call failed although nothing was broken: {failure.Message}");
            }

            return (false, default);
        }
        catch (Exception failure)
        {
            ledger.Violate(1, $"a call ended with {failure}");
            return (false, default);
        }
    }
}
