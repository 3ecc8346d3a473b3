using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Corridor.Tests.Rules;

/// <summary>The arithmetic of gates.</summary>
public sealed class GateLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void However_often_a_gate_is_opened_it_lets_no_more_through_than_its_limits() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.ToArbitrary(
            from tenantMax in Gen.Choose(1, 8)
            from keyMax in Gen.Choose(1, 8)
            from passed in Gen.Choose(0, 10)
            from keyPassed in Gen.Choose(0, passed)
            select (tenantMax, keyMax, passed, keyPassed)),
        draw =>
        {
            var ledger = new GateLedger(new GateLimits(draw.tenantMax, null), draw.passed, null, draw.keyPassed, null, Start);
            var let = Enumerable.Range(0, 20).Count(_ => ledger.TryPass(new JobLimit("k", draw.keyMax)));
            return let == Math.Max(0, Math.Min(draw.tenantMax - draw.passed, draw.keyMax - draw.keyPassed));
        }));

    [Fact]
    public void In_any_minute_a_rate_lets_through_no_more_than_it_says_and_a_seconds_worth() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.ToArbitrary(
            from perMinute in Gen.Choose(1, 1200)
            from steps in Gen.Choose(1, 40_000).ListOf(60)
            select (perMinute, steps)),
        draw =>
        {
            var (now, bucket, starts) = (Start, (GateBucket?)null, new List<DateTimeOffset>());
            foreach (var step in draw.steps)
            {
                now = now.AddMilliseconds(step);
                var ledger = new GateLedger(default, 0, null, 0, bucket, now);
                while (ledger.TryPass(new JobLimit("k", int.MaxValue, draw.perMinute)))
                {
                    starts.Add(now);
                }

                bucket = ledger.KeyBucket;
            }

            var most = draw.perMinute + Math.Max(1, draw.perMinute / 60.0) + 1e-3;
            return starts.TrueForAll(first => starts.Count(start => start >= first && start < first.AddMinutes(1)) <= most);
        }));

    [Fact]
    public void The_time_that_an_empty_bucket_names_is_the_time_at_which_the_next_one_passes() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.ToArbitrary(Gen.Choose(1, 1_000_000)),
        perMinute =>
        {
            var limit = new JobLimit("k", int.MaxValue, perMinute);
            var ledger = new GateLedger(default, 0, null, 0, null, Start);
            while (ledger.TryPass(limit))
            {
            }

            var next = ledger.NextAt!.Value;
            return next > Start && new GateLedger(default, 0, null, 0, ledger.KeyBucket, next).TryPass(limit);
        }));
}
