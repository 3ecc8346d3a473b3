using JobForge.Contracts.Jobs;
using JobForge.Simulation.Drive;
using JobForge.Simulation.Model;

namespace JobForge.Simulation.Audit;

/// <summary>What handlers were seen doing, and when they must not have.</summary>
internal sealed class EffectRules(Features features, Ledger ledger)
{
    /// <summary>A change of the registry is obeyed within a second, and a run that was about to start then starts a moment later.</summary>
    private static readonly TimeSpan Obedience = TimeSpan.FromSeconds(2);

    public void Judge(IReadOnlyList<JobRow> rows)
    {
        var byId = rows.ToDictionary(row => row.Id);
        foreach (var orphan in ledger.Effects.Where(effect => !byId.ContainsKey(effect.Job)))
        {
            ledger.Violate(1, $"{orphan} ran for a job that is not there");
        }

        foreach (var runs in ledger.Effects.GroupBy(effect => effect.Job))
        {
            JudgeOverlap([.. runs]);
            JudgeAttempts([.. runs]);
            JudgeOrder([.. runs], byId.GetValueOrDefault(runs.Key));
        }

        JudgeLimits(rows);
        JudgePauses(byId);
        JudgeTimes(byId);
        JudgeFairness();
    }

    /// <summary>Two runs of a job at a time only when the first was told to stop, or its process lost its lease behind its back.</summary>
    private void JudgeOverlap(List<Effect> runs)
    {
        for (var i = 0; i + 1 < runs.Count; i++)
        {
            var (first, next) = (runs[i], runs[i + 1]);
            var excused = first.ToldAt <= next.StartedAt || ledger.DisturbedSilos.Contains(first.Silo) || features.LeasesMayBeLost;
            if ((first.EndedAt is null || first.EndedAt > next.StartedAt) && !excused)
            {
                ledger.Violate(2, $"{next} began beside {first}");
            }
        }
    }

    /// <summary>Where no process was disturbed, each attempt runs once, and never after a success.</summary>
    private void JudgeAttempts(List<Effect> runs)
    {
        if (!features.Calm)
        {
            return;
        }

        var ended = runs.Where(run => !run.Waited).ToList();
        for (var i = 0; i < ended.Count; i++)
        {
            if (ended[i].Attempt != i + 1)
            {
                ledger.Violate(2, $"run {i + 1} is {ended[i]}");
            }

            if (i + 1 < ended.Count && ended[i] is { End: StepEnd.Succeed or StepEnd.FailForGood, ToldAt: null })
            {
                ledger.Violate(2, $"{ended[i + 1]} ran after {ended[i]} had come to its end");
            }
        }
    }

    /// <summary>
    /// What the fence allows. A process that nothing disturbed owned what it began: from then on no earlier run of the job may be recorded, and when such a
    /// process brought the job to its end, no other begins it again.
    /// </summary>
    private void JudgeOrder(List<Effect> runs, JobRow? row)
    {
        if (row is null || !features.OnlyFreezesCostLeases)
        {
            return;
        }

        var recorded = row is { Status: JobStatus.Succeeded, Result: { } result } ? result.GetProperty("effect").GetInt32() : (int?)null;
        var record = runs.Find(run => run.Number == recorded);
        var sound = runs.Where(run => !ledger.DisturbedSilos.Contains(run.Silo)).ToList();
        if (record is not null && ledger.DisturbedSilos.Contains(record.Silo)
            && sound.Find(run => !(run.EndedAt <= record.StartedAt) && !(run.ToldAt <= record.StartedAt)) is { } owner)
        {
            ledger.Violate(2, $"{record} was recorded at {row.FinishedAt:HH:mm:ss.fff} beside {owner}, which owned the job");
        }

        var end = sound.Find(run => run is { End: StepEnd.Succeed or StepEnd.FailForGood, ToldAt: null, Waited: false });
        if (end is not null && sound.Find(run => run.StartedAt > end.EndedAt) is { } again)
        {
            ledger.Violate(2, $"{again} began after {end} had come to its end");
        }
    }

    private void JudgeLimits(IReadOnlyList<JobRow> rows)
    {
        if (features.LeasesMayBeLost)
        {
            return;
        }

        foreach (var key in ledger.Effects.Where(effect => effect.Plan.Limit is not null).GroupBy(effect => (effect.Plan.Tenant, effect.Plan.Limit!.Key)))
        {
            JudgeAtOnce([.. key], key.First().Plan.Limit!.MaxRunning, $"the key {key.Key.Key}");
        }

        if (features.Has(Feature.TenantLimits))
        {
            JudgeAtOnce([.. ledger.Effects.Where(effect => effect.Plan.Tenant == Planner.Rival)], Auditor.RivalMayRun, $"the tenant {Planner.Rival}");
        }
    }

    private void JudgeAtOnce(List<Effect> effects, int most, string what)
    {
        foreach (var effect in effects)
        {
            // A run that was told to stop has left its place; that of a silo that ended in order may go on a moment behind it.
            var beside = effects.Count(other => other.StartedAt <= effect.StartedAt && (other.EndedAt is null || other.EndedAt > effect.StartedAt)
                && !(other.ToldAt <= effect.StartedAt) && other.Job != effect.Job);
            if (beside >= most)
            {
                ledger.Violate(6, $"{effect} began beside {beside} others of {what}, which lets {most} run at once");
            }
        }
    }

    private void JudgePauses(Dictionary<Contracts.Ids.JobId, JobRow> rows)
    {
        if (features.LeasesMayBeLost || features.Has(Feature.StoreErrors))
        {
            return;
        }

        foreach (var pause in ledger.Pauses)
        {
            var broken = ledger.Effects.FirstOrDefault(effect => rows.TryGetValue(effect.Job, out var row)
                && (pause.Tenant is null || pause.Tenant == row.TenantId) && (pause.Template is null || pause.Template == row.TemplateKey)
                && effect.StartedAt > pause.From + Obedience && !(effect.StartedAt >= pause.Until));
            if (broken is not null)
            {
                ledger.Violate(4, $"{broken} began in the pause of {pause.Tenant?.Value ?? "all"} {pause.Template ?? "all"} from {pause.From:HH:mm:ss.fff} to {pause.Until:HH:mm:ss.fff}");
            }
        }
    }

    private void JudgeTimes(Dictionary<Contracts.Ids.JobId, JobRow> rows)
    {
        if (features.Has(Feature.ClockJumps))
        {
            return;
        }

        foreach (var effect in ledger.Effects.Where(effect => rows.ContainsKey(effect.Job) && rows[effect.Job].RetryOf is null))
        {
            var touched = ledger.Touched.Contains(effect.Job);
            if (!touched && effect.Plan.RunAt - TimeSpan.FromMilliseconds(1) > effect.StartedAt)
            {
                ledger.Violate(4, $"{effect} began before its time, {effect.Plan.RunAt:HH:mm:ss.fff}");
            }

            var due = effect.Plan.RunAt ?? rows[effect.Job].CreatedAt;
            var slack = features.LeasesMayBeLost || features.Has(Feature.StoreErrors) ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);
            if (!touched && effect.Plan.StartTimeoutMs is { } expiry && effect.Attempt == 1 && !ledger.Effects.Exists(other => other.Job == effect.Job && other.Number < effect.Number)
                && effect.StartedAt > due.AddMilliseconds(expiry) + slack)
            {
                ledger.Violate(4, $"{effect} began after it had expired, {due.AddMilliseconds(expiry):HH:mm:ss.fff}");
            }
        }
    }

    /// <summary>A single job of a quiet tenant waits for what runs, and for no backlog: two rounds of the noise at most.</summary>
    private void JudgeFairness()
    {
        if (!features.Calm || !features.Has(Feature.Noise) || features.Has(Feature.Pauses) || features.Has(Feature.Slow) || features.Has(Feature.Deaf))
        {
            return;
        }

        var single = ledger.Facts.Values.Single(facts => facts.Plan.Tenant == Planner.Quiet && facts.Plan is { Template: Planner.Other, Steps: [{ End: StepEnd.Succeed }] } && facts == ledger.Facts.Values.Last());
        var start = ledger.Effects.FirstOrDefault(effect => effect.Plan == single.Plan);
        var waited = start?.StartedAt - single.FirstAcknowledgedAt;
        if (waited > TimeSpan.FromSeconds(3))
        {
            ledger.Violate(6, $"the single job of {Planner.Quiet} waited {waited} behind the noise of {Planner.Acme}");
        }
    }
}
