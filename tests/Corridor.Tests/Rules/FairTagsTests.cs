using FsCheck;
using FsCheck.Fluent;
using JobForge.Grains.Tenants;

namespace JobForge.Corridor.Tests.Rules;

/// <summary>Start-time fair queueing, without a queue: tags only.</summary>
public sealed class FairTagsTests
{
    [Fact]
    public void Tags_of_one_flow_never_fall_and_never_lie_behind_the_virtual_time() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.ToArbitrary(Gen.ListOf(from priority in Gen.Choose(-10, 10) from step in Gen.Choose(0, 100) select (priority, step))),
        requests =>
        {
            var (tags, last, virtualTime) = (new FairTags(), new Dictionary<int, double>(), 0.0);
            foreach (var (priority, step) in requests)
            {
                virtualTime += step / 10.0;
                var tag = tags.Next(priority, virtualTime);
                if (tag < virtualTime || tag < last.GetValueOrDefault(priority))
                {
                    return false;
                }

                last[priority] = tag;
            }

            return true;
        }));

    [Fact]
    public void A_single_job_sorts_before_all_but_the_first_of_another_tenants_backlog()
    {
        var (flood, single) = (new FairTags(), new FairTags());
        var backlog = Enumerable.Range(0, 2_000).Select(_ => flood.Next(0, 0)).ToList();

        var tag = single.Next(0, 0);

        backlog.Count(other => other < tag).ShouldBe(0);
        backlog.Count(other => other == tag).ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(-2, 0.25)]
    public void A_priority_is_a_weight_so_that_a_flow_gets_two_to_its_power_of_starts_for_one(int priority, double share)
    {
        var tags = new FairTags();
        var ordinary = Enumerable.Range(0, 1_000).Select(_ => tags.Next(0, 0)).ToList();
        var weighted = Enumerable.Range(0, (int)(1_000 * share)).Select(_ => tags.Next(priority, 0)).ToList();

        // Both flows reach the same virtual time after their share of starts: neither starves the other.
        weighted[^1].ShouldBe(ordinary[^1], tolerance: 1e-6);
    }

    [Fact]
    public void A_restored_flow_goes_on_behind_its_waiting_jobs_and_leaves_the_others_alone()
    {
        var tags = new FairTags();
        tags.Restore(new Dictionary<int, double> { [0] = 40, [2] = 3 });

        tags.Next(0, 10).ShouldBe(41);
        tags.Next(2, 10).ShouldBe(10);
        tags.Next(-1, 10).ShouldBe(10);
    }

    [Fact]
    public void A_flow_that_slept_does_not_save_up_starts()
    {
        var tags = new FairTags();
        tags.Next(0, 0);

        tags.Next(0, virtualTime: 500).ShouldBe(500);
        tags.Next(0, virtualTime: 500).ShouldBe(501);
    }
}
