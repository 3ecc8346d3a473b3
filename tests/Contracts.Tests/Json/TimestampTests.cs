using JobForge.Contracts.Json;

namespace JobForge.Contracts.Tests.Json;

public sealed class TimestampTests
{
    [Theory]
    [InlineData("2026-02-02T10:00:00Z", "2026-02-02T10:00:00.000Z")]
    [InlineData("2026-02-02T10:00Z", "2026-02-02T10:00:00.000Z")]
    [InlineData("2026-02-02T10:00:00.123456789Z", "2026-02-02T10:00:00.123Z")]
    [InlineData("2026-02-02T01:30:00+02:00", "2026-02-01T23:30:00.000Z")]
    [InlineData("2028-02-29T00:00:00-05:30", "2028-02-29T05:30:00.000Z")]
    public void An_offset_is_converted_and_the_rest_cut_to_milliseconds(string text, string expected)
    {
        Timestamp.TryParse(text, out var value).ShouldBeTrue();
        Timestamp.Format(value).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2027-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-02-02T24:00:00Z")]
    [InlineData("2026-02-02T10:60:00Z")]
    [InlineData("2026-02-02T10:00:60Z")]
    [InlineData("2026-02-02T10:00:00")]
    [InlineData("2026-02-02 10:00:00Z")]
    [InlineData("2026-02-02t10:00:00z")]
    [InlineData("2026-02-02T10:00:00+25:00")]
    [InlineData("2026-02-02T10:00:00Z\n")]
    [InlineData("0001-01-01T00:00:00+10:00")]
    [InlineData("٢٠٢٦-02-02T10:00:00Z")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_real_instant_is_refused(string? text) => Timestamp.TryParse(text, out _).ShouldBeFalse();
}
