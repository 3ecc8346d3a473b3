using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Interfaces;
using JobForge.Grains.Jobs;

namespace JobForge.Corridor.Tests.Rules;

/// <summary>The table of a job's life and the rules that pick its rows.</summary>
public sealed class LifeCycleTests
{
    private static readonly Arbitrary<End> Ends = Arb.ToArbitrary(
        from kind in Gen.Elements(Enum.GetValues<RunEndKind>())
        from retryable in Gen.Elements(true, false)
        from max in Gen.Choose(1, 10)
        from attempt in Gen.Choose(1, max)
        from cancel in Gen.Elements(true, false)
        select new End(kind, retryable, attempt, max, cancel));

    [Fact]
    public void Every_command_in_every_status_is_in_the_table_or_refused()
    {
        foreach (var status in Enum.GetValues<JobStatus>())
        {
            foreach (var command in Enum.GetValues<LifeCycleCommand>())
            {
                var rows = LifeCycle.Table.Where(row => row.From == status && row.Command == command).ToList();
                rows.Count.ShouldBeLessThanOrEqualTo(1);
                LifeCycle.Find(status, command).ShouldBe(rows.SingleOrDefault());
                if (rows.Count == 0)
                {
                    Should.Throw<InvalidOperationException>(() => LifeCycle.Require(status, command));
                }
            }
        }
    }

    [Fact]
    public void No_transition_leaves_a_final_status_and_every_open_one_can_be_left()
    {
        LifeCycle.Table.ShouldNotContain(row => row.From.IsFinal());
        LifeCycle.Table.Where(row => row.To.IsFinal()).Select(row => row.From).Distinct().ShouldBe([JobStatus.Queued, JobStatus.Running], ignoreOrder: true);
    }

    [Fact]
    public void Only_running_jobs_succeed_or_fail_and_queued_ones_fail_by_time_alone()
    {
        LifeCycle.Table.Where(row => (row.To is JobStatus.Succeeded or JobStatus.Failed) && row.From != JobStatus.Running).Select(row => row.Command)
            .ShouldBe([LifeCycleCommand.Expire, LifeCycleCommand.MissDeadline]);
    }

    [Fact]
    public void Every_end_of_an_attempt_has_its_row_and_a_word_for_the_attempt() => Check.QuickThrowOnFailure(Prop.ForAll(Ends, end =>
    {
        var transition = LifeCycle.Find(JobStatus.Running, Decide(end));
        return transition is not null && RunRules.AttemptOutcome(end.Kind).Length > 0;
    }));

    [Fact]
    public void An_asked_for_cancel_wins_over_every_other_end() => Check.QuickThrowOnFailure(Prop.ForAll(Ends, end =>
        LifeCycle.Require(JobStatus.Running, Decide(end with { Cancel = true })).To == JobStatus.Canceled));

    [Fact]
    public void A_last_attempt_is_never_queued_again_unless_it_is_given_back() => Check.QuickThrowOnFailure(Prop.ForAll(Ends, end =>
        LifeCycle.Require(JobStatus.Running, Decide(end with { Attempt = end.Max })).To != JobStatus.Queued
        || ((end.Kind is RunEndKind.Drained or RunEndKind.WaitsForChildren) && !end.Cancel)));

    [Theory]
    [InlineData(RunEndKind.Succeeded, false, 1, LifeCycleCommand.Succeed)]
    [InlineData(RunEndKind.Canceled, false, 1, LifeCycleCommand.Cancel)]
    [InlineData(RunEndKind.Drained, false, 3, LifeCycleCommand.Drain)]
    [InlineData(RunEndKind.Failed, false, 1, LifeCycleCommand.FailPermanently)]
    [InlineData(RunEndKind.Failed, true, 2, LifeCycleCommand.FailForNow)]
    [InlineData(RunEndKind.Failed, true, 3, LifeCycleCommand.Exhaust)]
    [InlineData(RunEndKind.TimedOut, false, 2, LifeCycleCommand.TimeOutForNow)]
    [InlineData(RunEndKind.TimedOut, false, 3, LifeCycleCommand.TimeOut)]
    [InlineData(RunEndKind.LeaseLost, false, 2, LifeCycleCommand.LoseLeaseForNow)]
    [InlineData(RunEndKind.LeaseLost, false, 3, LifeCycleCommand.LoseLease)]
    public void An_end_means_what_the_contract_says(RunEndKind kind, bool retryable, int attempt, LifeCycleCommand command) =>
        Decide(new End(kind, retryable, attempt, Max: 3, Cancel: false)).ShouldBe(command);

    [Fact]
    public void A_backoff_lies_between_nothing_and_its_doubling_ceiling_and_never_above_an_hour() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.ToArbitrary(from attempt in Gen.Choose(1, 40) from seed in Gen.Choose(0, int.MaxValue) select (attempt, seed)),
        draw =>
        {
            var wait = RunRules.Backoff(draw.attempt, null, RandomSource.Seeded((ulong)draw.seed));
            return wait >= TimeSpan.Zero && wait.TotalSeconds <= Math.Min(3600, Math.Pow(2, draw.attempt - 1));
        }));

    [Fact]
    public void Backoffs_use_their_whole_range_so_that_jobs_do_not_come_back_together()
    {
        var random = RandomSource.Seeded(11);
        var waits = Enumerable.Range(0, 1000).Select(_ => RunRules.Backoff(4, null, random).TotalSeconds).ToList();

        waits.Min().ShouldBeLessThan(0.5);
        waits.Max().ShouldBeGreaterThan(7.5);
        waits.Average().ShouldBeInRange(3.5, 4.5);
    }

    [Fact]
    public void A_retry_after_is_a_floor_and_no_ceiling()
    {
        var random = RandomSource.Seeded(11);
        RunRules.Backoff(1, TimeSpan.FromMinutes(5), random).ShouldBe(TimeSpan.FromMinutes(5));
        Enumerable.Range(0, 100).Select(_ => RunRules.Backoff(10, TimeSpan.FromSeconds(1), random)).ShouldContain(wait => wait > TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(LifeCycleCommand.FailForNow, 59, LifeCycleCommand.FailForNow)]
    [InlineData(LifeCycleCommand.FailForNow, 60, LifeCycleCommand.MissDeadline)]
    [InlineData(LifeCycleCommand.TimeOut, 60, LifeCycleCommand.MissDeadline)]
    [InlineData(LifeCycleCommand.LoseLeaseForNow, 61, LifeCycleCommand.MissDeadline)]
    [InlineData(LifeCycleCommand.Succeed, 99, LifeCycleCommand.Succeed)]
    [InlineData(LifeCycleCommand.Cancel, 99, LifeCycleCommand.Cancel)]
    [InlineData(LifeCycleCommand.FailPermanently, 99, LifeCycleCommand.FailPermanently)]
    [InlineData(LifeCycleCommand.Drain, 99, LifeCycleCommand.Drain)]
    public void A_try_behind_the_deadline_is_not_made_and_no_other_end_is_touched(LifeCycleCommand command, int seconds, LifeCycleCommand result) =>
        RunRules.AtDeadline(command, DateTimeOffset.UnixEpoch.AddSeconds(seconds), DateTimeOffset.UnixEpoch.AddSeconds(60)).ShouldBe(result);

    [Theory]
    [InlineData(1000, 5000, 0, 1000, 5000)]
    [InlineData(9000, 5000, 0, 5000, 5000)]
    [InlineData(1000, 5000, 1, 5000, 5000)]
    [InlineData(1000, null, 0, 1000, null)]
    [InlineData(1000, null, 2, null, null)]
    [InlineData(null, null, 0, null, null)]
    public void Times_count_from_the_due_time_and_the_start_only_before_the_first(int? start, int? total, int attempts, int? expires, int? deadline)
    {
        var times = RunRules.Times(start, total, attempts, DateTimeOffset.UnixEpoch);

        (times.ExpiresAt?.ToUnixTimeMilliseconds(), times.DeadlineAt?.ToUnixTimeMilliseconds()).ShouldBe((expires, deadline));
    }

    private static LifeCycleCommand Decide(End end) => RunRules.Decide(
        new RunEnd { Lease = new RunLease(1, end.Attempt), Kind = end.Kind, Retryable = end.Retryable, StartedAt = DateTimeOffset.UnixEpoch },
        end.Attempt,
        end.Max,
        end.Cancel);

    private sealed record End(RunEndKind Kind, bool Retryable, int Attempt, int Max, bool Cancel);
}
