using JobForge.Contracts.Jobs;
using JobForge.Simulation.Model;

namespace JobForge.Simulation.Audit;

/// <summary>How jobs may have ended.</summary>
internal sealed class EndRules(Features features, Ledger ledger)
{
    public void Judge(IReadOnlyList<JobRow> rows)
    {
        var effects = ledger.Effects.ToLookup(effect => effect.Job);
        foreach (var row in rows)
        {
            ledger.Observe(row, ledger.Now);
            if (!row.Status.IsFinal())
            {
                ledger.Violate(4, $"job {row.Id} of {ledger.PlanOf(row)} has not ended long after the last fault: {Ledger.Text(row)}");
                continue;
            }

            JudgeCancel(row);
            JudgeEnd(row, [.. effects[row.Id]]);
        }
    }

    private void JudgeCancel(JobRow row)
    {
        if (ledger.Canceled.TryGetValue(row.Id, out var at) && row.Status != JobStatus.Canceled)
        {
            ledger.Violate(2, $"the cancel of job {row.Id} was accepted at {at:HH:mm:ss.fff}, and it is {Ledger.Text(row)}");
        }

        if (row.Status == JobStatus.Canceled && !ledger.Touched.Contains(row.Id) && row.ParentRunId is null)
        {
            ledger.Violate(2, $"job {row.Id} is canceled, and nobody asked for it");
        }
    }

    private void JudgeEnd(JobRow row, IReadOnlyList<Effect> effects)
    {
        var plan = ledger.PlanOf(row)!;
        switch (row.Status, row.StatusReason)
        {
            case (JobStatus.Succeeded, _):
                JudgeSuccess(row, effects);
                break;
            case (JobStatus.Failed, StatusReasons.PermanentError) when !effects.Any(effect => effect.End == StepEnd.FailForGood):
                ledger.Violate(2, $"job {row.Id} failed for good, and no run of it did: {plan}");
                break;
            case (JobStatus.Failed, StatusReasons.AttemptsExhausted) when row.Attempts != row.MaxAttempts:
                ledger.Violate(2, $"job {row.Id} is {Ledger.Text(row)} of {row.MaxAttempts}");
                break;
            case (JobStatus.Failed, StatusReasons.Expired) when effects.Count > 0 && !features.LeasesMayBeLost && !features.Has(Feature.Kills):
                ledger.Violate(2, $"job {row.Id} is {Ledger.Text(row)}, and it had started: {effects[0]}");
                break;
            case (JobStatus.Failed, StatusReasons.LeaseLost) when features.Calm:
                ledger.Violate(4, $"job {row.Id} is {Ledger.Text(row)}, and no process was disturbed");
                break;
            default:
                break;
        }

        if (features.Calm && plan.OnlyStepsDecide && !ledger.Touched.Contains(row.Id) && row.ParentRunId is null && plan.Expected() != (row.Status, row.Attempts))
        {
            ledger.Violate(2, $"{plan} should have come to {plan.Expected()} and is {Ledger.Text(row)}");
        }
    }

    /// <summary>A result is that of one run, and of the attempt that the row names.</summary>
    private void JudgeSuccess(JobRow row, IReadOnlyList<Effect> effects)
    {
        var number = row.Result?.GetProperty("effect").GetInt32();
        var recorded = effects.SingleOrDefault(effect => effect.Number == number);
        if (recorded is null || recorded.End != StepEnd.Succeed || recorded.Attempt != row.Attempts)
        {
            ledger.Violate(2, $"job {row.Id} is {Ledger.Text(row)}, which is not what its runs did: {string.Join("; ", effects)}");
        }

        var plan = ledger.PlanOf(row)!;
        if (row.Result?.GetProperty("children").GetInt32() is { } children && children != plan.Children.Count)
        {
            ledger.Violate(1, $"job {row.Id} went on with {children} of {plan.Children.Count} children");
        }
    }
}
