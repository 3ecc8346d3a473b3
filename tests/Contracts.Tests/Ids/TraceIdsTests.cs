using JobForge.Contracts.Ids;
using JobForge.Tests.Shared;

namespace JobForge.Contracts.Tests.Ids;

public sealed class TraceIdsTests
{
    [Fact]
    public void A_generated_id_has_the_guides_form_and_replays_from_its_seed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_770_026_400_123));
        var random = RandomSource.Seeded(7);
        var ids = Enumerable.Range(0, 1000).Select(_ => TraceIds.Generate(time, random)).ToList();
        ids.ShouldAllBe(id => id.StartsWith("trace_1770026400123_", StringComparison.Ordinal) && id.Length == 29 && id.Skip(20).All(unit => char.IsAsciiDigit(unit) || char.IsAsciiLetterLower(unit)));
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(1000);
        TraceIds.Generate(time, RandomSource.Seeded(7)).ShouldBe(ids[0]);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings", true)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false)]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more", false)]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false)]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_traceparent_gives_its_trace_id_when_it_is_well_formed(string? header, bool valid) =>
        TraceIds.FromTraceparent(header).ShouldBe(valid ? "4bf92f3577b34da6a3ce929d0e0e4736" : null);
}
