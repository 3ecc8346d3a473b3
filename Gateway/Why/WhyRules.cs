using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Gateway.Why;

/// <summary>Turns what the store knows into the answer. Pure: the same facts at the same time give the same answer. The first cause that holds is named.</summary>
public static class WhyRules
{
    public static WhyAnswer Explain(StandingFacts facts, DateTimeOffset now)
    {
        var job = facts.Job;
        return job.Row.Status switch
        {
            JobStatus.Queued => Waiting(facts, now),
            JobStatus.Running => Running(facts, now),
            _ => Of(facts, WhyCodes.Ended, $"The job {Word(job.Row.Status)} ({job.Row.StatusReason}).", job.Row.FinishedAt ?? job.Row.UpdatedAt) with
            {
                UnblockedBy = job.Row.Status == JobStatus.Failed ? "A retry runs it again as a new job." : null,
            },
        };
    }

    private static WhyAnswer Waiting(StandingFacts facts, DateTimeOffset now) => facts.Job switch
    {
        { Hold: JobHold.Children } => Children(facts),
        { WaitUntil: { } until } job => Timed(facts, job, until),
        { Hold: JobHold.Paused } => Paused(facts),
        { Hold: JobHold.Limit } => Limited(facts),
        _ when facts.Pause is not null => Paused(facts),
        _ when facts.Holder is { } holder && !IsAlive(holder, now) => Dead(facts),
        _ => Ready(facts, now),
    };

    private static WhyAnswer Running(StandingFacts facts, DateTimeOffset now)
    {
        var job = facts.Job;
        if (facts.Holder is { } holder && !IsAlive(holder, now))
        {
            return Dead(facts);
        }

        var wish = job.CancelRequestedAt is null ? "" : " It was asked to cancel.";
        return WithHolder(Of(facts, WhyCodes.Running, $"Attempt {job.Row.Attempts} of {job.Row.MaxAttempts} runs.{wish}", job.Row.StartedAt ?? job.Row.UpdatedAt), facts, now);
    }

    private static WhyAnswer Timed(StandingFacts facts, StoredJob job, DateTimeOffset until) => job.Row.Attempts > 0
        ? Of(facts, WhyCodes.Backoff, $"Attempt {job.Row.Attempts} of {job.Row.MaxAttempts} ended without success; the next one waits.", job.Row.UpdatedAt) with
        {
            Until = until,
            UnblockedBy = "The end of the wait, or a reschedule.",
        }
        : Of(facts, WhyCodes.DueLater, "The job is due later.", job.Row.UpdatedAt) with { Until = until, UnblockedBy = "Its due time, or a reschedule." };

    private static WhyAnswer Paused(StandingFacts facts)
    {
        var pause = facts.Pause;
        var what = pause switch
        {
            null => "The pause that held the job is over; it becomes ready with the next slice.",
            { TemplateKey: null } => "All jobs of the tenant are paused.",
            { Tenant: null } => $"Template {pause.TemplateKey} is paused for all tenants.",
            _ => $"Template {pause.TemplateKey} is paused for the tenant.",
        };
        return Of(facts, WhyCodes.Paused, what, facts.Job.Row.UpdatedAt) with
        {
            Pause = pause is null ? null : new WhyPause(pause.Tenant, pause.TemplateKey, pause.Reason, pause.ActorId, pause.PausedAt),
            UnblockedBy = pause is null ? null : "A resume of what is paused.",
        };
    }

    private static WhyAnswer Children(StandingFacts facts) =>
        Of(facts, WhyCodes.WaitingForChildren, $"The run waits for {Some(facts.OpenChildren, ChildRun.MostChildren)} of the jobs that it requested.", facts.Job.Row.UpdatedAt) with
        {
            OpenChildren = facts.OpenChildren,
            UnblockedBy = "The end of its children.",
        };

    private static WhyAnswer Limited(StandingFacts facts)
    {
        var own = facts.Job.Row.Limit;
        var full = FullLimit(facts, own);
        var rated = own?.StartsPerMinute ?? facts.TenantLimits.StartsPerMinute;
        var (code, message, unblocked) = full is not null ? (WhyCodes.ConcurrencyLimit, full, "The end of a job that has passed, or a higher limit.")
            : rated is { } perMinute ? (WhyCodes.RateLimit, $"Starts are limited to {perMinute} a minute.", "Its turn at that rate, or a higher one.")
            : (WhyCodes.QueuePosition, "Its limit has room; the gate opens with the next look.", (string?)null);
        return WithLimits(
            Of(facts, code, message, facts.Job.Row.UpdatedAt) with
            {
                UnblockedBy = unblocked,
                Position = new WhyPosition(facts.AheadAtGate + 1, facts.AheadAtGate >= StandingFacts.MostAhead, facts.AheadAtGate, 0),
            },
            facts);
    }

    private static string? FullLimit(StandingFacts facts, JobLimit? own) =>
        own is not null && facts.KeyPassed >= own.MaxRunning ? $"{facts.KeyPassed} of {own.MaxRunning} jobs with the key {own.Key} have started and not ended."
        : facts.TenantPassed >= facts.TenantLimits.MaxRunning ? $"{facts.TenantPassed} of the tenant's {facts.TenantLimits.MaxRunning} jobs at once have started and not ended."
        : null;

    private static WhyAnswer Dead(StandingFacts facts) => Of(
        facts, WhyCodes.OwnerDead, "The process that owns the job has ended or lost its lease.", facts.Holder!.ExpiresAt) with
    {
        Holder = new WhyHolder(facts.Holder.Worker, facts.Holder.ExpiresAt, Alive: false),
        UnblockedBy = "Another process inherits its work, within two lease times.",
    };

    private static WhyAnswer Ready(StandingFacts facts, DateTimeOffset now)
    {
        var others = facts.Ahead - facts.AheadOfTenant;
        var orMore = facts.Ahead >= StandingFacts.MostAhead;
        var answer = facts.Ahead == 0
            ? Of(facts, WhyCodes.NoSlot, "The job is next; it waits for a free slot.", facts.Job.Row.UpdatedAt) with { UnblockedBy = "A free slot." }
            : Of(
                facts,
                WhyCodes.QueuePosition,
                $"{Some(facts.Ahead, StandingFacts.MostAhead)} ready jobs start first, {facts.AheadOfTenant} of the same tenant and {others} of others.",
                facts.Job.Row.UpdatedAt) with
            {
                UnblockedBy = "Slots for the jobs before it, or a higher priority.",
            };
        return WithHolder(answer with { Position = new WhyPosition(facts.Ahead + 1, orMore, facts.AheadOfTenant, others) }, facts, now);
    }

    private static WhyAnswer WithHolder(WhyAnswer answer, StandingFacts facts, DateTimeOffset now) => facts.Holder is { } holder
        ? answer with { Holder = new WhyHolder(holder.Worker, holder.ExpiresAt, IsAlive(holder, now)) }
        : answer;

    private static WhyAnswer WithLimits(WhyAnswer answer, StandingFacts facts) => answer with
    {
        Limit = facts.Job.Row.Limit is { } own ? new WhyLimit(own.Key, own.MaxRunning, facts.KeyPassed, own.StartsPerMinute) : null,
        TenantLimit = facts.TenantLimits.Any ? new WhyLimit(null, facts.TenantLimits.MaxRunning, facts.TenantPassed, facts.TenantLimits.StartsPerMinute) : null,
    };

    private static WhyAnswer Of(StandingFacts facts, string code, string message, DateTimeOffset since) => new()
    {
        JobId = facts.Job.Row.Id,
        Status = facts.Job.Row.Status,
        StatusReason = facts.Job.Row.StatusReason,
        Code = code,
        Message = message,
        Since = since,
        ExpiresAt = facts.Job.ExpiresAt,
        DeadlineAt = facts.Job.DeadlineAt,
        Attempts = facts.Job.Row.Attempts,
        MaxAttempts = facts.Job.Row.MaxAttempts,
        Error = facts.Job.Row.Error,
    };

    private static bool IsAlive(HolderFacts holder, DateTimeOffset now) => holder.Open && holder.ExpiresAt > now;

    private static string Some(int count, int bound) => count >= bound ? $"{bound} or more" : $"{count}";

    private static string Word(JobStatus status) => status == JobStatus.Canceled ? "was canceled" : status.Word();
}
