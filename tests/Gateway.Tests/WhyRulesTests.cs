using JobForge.Contracts.Jobs;
using JobForge.Gateway.Tests.Doubles;
using JobForge.Gateway.Why;
using JobForge.Storage.Roles;

namespace JobForge.Gateway.Tests;

/// <summary>Every reason for which a job can wait has its code, its words and its numbers.</summary>
public sealed class WhyRulesTests
{
    private static readonly DateTimeOffset Now = Sample.Now.AddMinutes(1);
    private static readonly HolderFacts Alive = new(7, "worker-7", Now.AddSeconds(5), Open: true);
    private static readonly PauseRow Pause = new(null, "autopilot.ops.scan", "month end", "ada", Sample.Now);

    [Fact]
    public void A_job_that_is_due_later_and_one_between_attempts_say_until_when()
    {
        var due = Explain(facts => facts with { Job = facts.Job with { WaitUntil = Now.AddHours(1) } });
        var backoff = Explain(facts => facts with { Job = facts.Job with { WaitUntil = Now.AddHours(1), Row = facts.Job.Row with { Attempts = 2 } } });

        (due.Code, due.Until).ShouldBe((WhyCodes.DueLater, Now.AddHours(1)));
        (backoff.Code, backoff.Until, backoff.Attempts).ShouldBe((WhyCodes.Backoff, Now.AddHours(1), 2));
    }

    [Fact]
    public void A_paused_job_names_the_pause_whether_it_is_parked_already_or_not()
    {
        foreach (var hold in (JobHold?[])[JobHold.Paused, null])
        {
            var answer = Explain(facts => facts with { Pause = Pause, Holder = Alive, Job = facts.Job with { Hold = hold } });

            (answer.Code, answer.Pause!.Reason, answer.Pause.ActorId).ShouldBe((WhyCodes.Paused, "month end", "ada"));
            answer.Message.ShouldContain("autopilot.ops.scan");
        }
    }

    [Fact]
    public void A_job_behind_a_full_gate_names_the_limit_that_is_full_and_its_use()
    {
        var own = Explain(facts => Gated(facts, new JobLimit("printer", 2)) with { KeyPassed = 2, AheadAtGate = 4 });
        var tenants = Explain(facts => Gated(facts, new JobLimit("printer", 9)) with { KeyPassed = 2, TenantPassed = 5, TenantLimits = new GateLimits(5, null) });

        (own.Code, own.Limit, own.Position!.Place).ShouldBe((WhyCodes.ConcurrencyLimit, new WhyLimit("printer", 2, 2, null), 5));
        own.Message.ShouldContain("printer");
        (tenants.Code, tenants.TenantLimit).ShouldBe((WhyCodes.ConcurrencyLimit, new WhyLimit(null, 5, 5, null)));
    }

    [Fact]
    public void A_job_that_waits_for_its_turn_at_a_rate_says_so()
    {
        var answer = Explain(facts => Gated(facts, new JobLimit("mails", 5, 60)));

        (answer.Code, answer.Limit!.StartsPerMinute).ShouldBe((WhyCodes.RateLimit, 60));
    }

    [Fact]
    public void A_ready_job_says_who_comes_first_and_whose_they_are()
    {
        var answer = Explain(facts => facts with { Holder = Alive, Ahead = 12, AheadOfTenant = 5 });
        var far = Explain(facts => facts with { Holder = Alive, Ahead = StandingFacts.MostAhead, AheadOfTenant = 1 });

        (answer.Code, answer.Position).ShouldBe((WhyCodes.QueuePosition, new WhyPosition(13, OrMore: false, 5, 7)));
        answer.Holder.ShouldBe(new WhyHolder("worker-7", Alive.ExpiresAt, Alive: true));
        far.Position!.OrMore.ShouldBeTrue();
        far.Message.ShouldContain("10000 or more");
        Explain(facts => facts with { Holder = Alive }).Code.ShouldBe(WhyCodes.NoSlot);
    }

    [Theory]
    [InlineData(JobStatus.Queued)]
    [InlineData(JobStatus.Running)]
    public void A_job_whose_owner_is_gone_says_since_when_and_that_it_is_inherited(JobStatus status)
    {
        foreach (var holder in (HolderFacts[])[Alive with { Open = false }, Alive with { ExpiresAt = Now.AddSeconds(-3) }])
        {
            var answer = Explain(facts => facts with { Holder = holder, Job = facts.Job with { Row = facts.Job.Row with { Status = status } } });

            (answer.Code, answer.Since, answer.Holder!.Alive).ShouldBe((WhyCodes.OwnerDead, holder.ExpiresAt, false));
        }
    }

    [Fact]
    public void A_parent_counts_its_open_children_and_an_ended_job_tells_its_end()
    {
        var parent = Explain(facts => facts with { OpenChildren = 3, Job = facts.Job with { Hold = JobHold.Children } });
        var failed = Explain(facts => facts with
        {
            Job = facts.Job with { Row = facts.Job.Row with { Status = JobStatus.Failed, StatusReason = StatusReasons.Expired, FinishedAt = Now, Error = new JobError("expired", "Too late.") } },
        });

        (parent.Code, parent.OpenChildren).ShouldBe((WhyCodes.WaitingForChildren, 3));
        (failed.Code, failed.Since, failed.Error!.Code).ShouldBe((WhyCodes.Ended, Now, "expired"));
        failed.UnblockedBy.ShouldNotBeNull();
    }

    [Fact]
    public void A_running_job_names_its_worker_and_its_lease()
    {
        var answer = Explain(facts => facts with { Holder = Alive, Job = facts.Job with { Row = facts.Job.Row with { Status = JobStatus.Running, Attempts = 1 } } });

        (answer.Code, answer.Holder!.Worker, answer.Holder.LeaseExpiresAt).ShouldBe((WhyCodes.Running, "worker-7", Alive.ExpiresAt));
    }

    private static WhyAnswer Explain(Func<StandingFacts, StandingFacts> change) =>
        WhyRules.Explain(change(new StandingFacts { Job = new StoredJob { Row = Sample.Job("acme") } }), Now);

    private static StandingFacts Gated(StandingFacts facts, JobLimit limit) => facts with
    {
        Job = facts.Job with { Hold = JobHold.Limit, GateKey = limit.Key, Row = facts.Job.Row with { Limit = limit } },
    };
}
