using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Keys;

namespace JobForge.Tests.Handlers;

public sealed class UsageAggregateTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 4, 10, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("24h", null, null, "2026-02-03T10:30:00.000Z", "2026-02-04T10:30:00.000Z")]
    [InlineData("7d", null, null, "2026-01-28T10:30:00.000Z", "2026-02-04T10:30:00.000Z")]
    [InlineData("1w", null, null, "2026-01-28T10:30:00.000Z", "2026-02-04T10:30:00.000Z")]
    [InlineData(null, null, null, "2026-02-03T10:30:00.000Z", "2026-02-04T10:30:00.000Z")]
    [InlineData("2026-01", null, null, "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")]
    [InlineData("2024", null, null, "2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z")]
    [InlineData("2024-02-29", null, null, "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z")]
    [InlineData(null, "2026-01-01", "2026-01-03T01:00:00+01:00", "2026-01-01T00:00:00.000Z", "2026-01-03T00:00:00.000Z")]
    [InlineData(null, "2026-02-01", null, "2026-02-01T00:00:00.000Z", "2026-02-04T10:30:00.000Z")]
    public void A_period_reads_as_a_span_of_utc(string? period, string? start, string? end, string from, string to)
    {
        var (read, error) = UsagePeriod.Read(period, start, end, null, Now);
        error.ShouldBeNull();
        (Timestamp.Format(read!.Start), Timestamp.Format(read.End)).ShouldBe((from, to));
    }

    [Theory]
    [InlineData("2026-13", null, null, null)]
    [InlineData("2023-02-29", null, null, null)]
    [InlineData("h", null, null, null)]
    [InlineData("-3d", null, null, null)]
    [InlineData("99999999d", null, null, null)]
    [InlineData("0h", null, null, null)]
    [InlineData(null, "2026-02-02", "2026-02-01", null)]
    [InlineData(null, "yesterday", null, null)]
    [InlineData(null, null, "2026-02-01", null)]
    [InlineData("24h", null, null, "minute")]
    public void A_wrong_period_is_refused(string? period, string? start, string? end, string? granularity) =>
        UsagePeriod.Read(period, start, end, granularity, Now).Error.ShouldNotBeNullOrEmpty();

    [Fact]
    public void Totals_keys_and_buckets_agree_with_a_brute_force_count()
    {
        var events =
            from key in Gen.Elements("a", "b", "key:1")
            from minute in Gen.Choose(-200, 30 * 24 * 60)
            from requests in Gen.OneOf(Gen.Choose(0, 1000).Select(n => (long)n), Gen.Constant(long.MaxValue))
            from bytes in Gen.Choose(0, int.MaxValue)
            from bad in Gen.Choose(0, 9)
            select (key, at: Now.AddDays(-20).AddMinutes(minute), requests, bytes: (long)bytes, bad: bad == 0);
        Prop.ForAll(events.ListOf().ToArbitrary(), Gen.Elements("hour", "day", "week").ToArbitrary(), (list, granularity) =>
        {
            var period = UsagePeriod.Read("4w", null, null, granularity, Now).Period!;
            var tally = new UsageTally(period);
            foreach (var item in list)
            {
                tally.Add(Event(item.at, item.bad ? """{"key_id":"a"}""" : $$"""{"key_id":"{{item.key}}","requests":{{item.requests}},"bytes_transferred":{{item.bytes}}}"""));
            }

            var report = tally.Report();
            var good = list.Where(item => !item.bad && item.at >= period.Start && item.at < period.End).ToList();
            report.EventsRead.ShouldBe(list.Count);
            report.EventsSkipped.ShouldBe(list.Count - good.Count);
            report.TotalRequests.ShouldBe(good.Sum(item => (decimal)item.requests));
            report.TotalBytes.ShouldBe(good.Sum(item => (decimal)item.bytes));
            report.Buckets.Sum(bucket => bucket.Requests).ShouldBe(report.TotalRequests);
            foreach (var key in report.KeysBreakdown)
            {
                foreach (var bucket in key.Buckets)
                {
                    var end = bucket.Start + (granularity == "hour" ? TimeSpan.FromHours(1) : TimeSpan.FromDays(granularity == "day" ? 1 : 7));
                    var inside = good.Where(item => item.key == key.KeyId && item.at >= bucket.Start && item.at < end).ToList();
                    inside.ShouldNotBeEmpty();
                    bucket.Requests.ShouldBe(inside.Sum(item => (decimal)item.requests));
                    bucket.Bytes.ShouldBe(inside.Sum(item => (decimal)item.bytes));
                    (granularity != "week" || bucket.Start.DayOfWeek == DayOfWeek.Monday).ShouldBeTrue();
                    bucket.Start.TimeOfDay.ShouldBe(granularity == "hour" ? TimeSpan.FromHours(bucket.Start.Hour) : TimeSpan.Zero);
                }
            }

            report.KeysBreakdown.Sum(key => key.Buckets.Sum(bucket => bucket.Requests)).ShouldBe(report.TotalRequests);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("[]", "payload_not_an_object")]
    [InlineData("""{"requests":1}""", "key_id_missing_or_invalid")]
    [InlineData("""{"key_id":{"ciphertext":"x"},"requests":1}""", "key_id_missing_or_invalid")]
    [InlineData("""{"key_id":"k"}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":-1}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":1.5}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":"7"}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":1e300}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":9223372036854775808}""", "requests_missing_or_invalid")]
    [InlineData("""{"key_id":"k","requests":1,"bytes_transferred":null,"x":1}""", null)]
    [InlineData("""{"key_id":"k","requests":2.0}""", null)]
    [InlineData("""{"key_id":"k","requests":1,"bytes_transferred":"many"}""", "bytes_transferred_invalid")]
    public void A_bad_event_is_counted_with_its_reason(string payload, string? reason)
    {
        var tally = new UsageTally(UsagePeriod.Read("24h", null, null, "hour", Now).Period!);
        tally.Add(Event(Now.AddHours(-1), payload));
        tally.Report().SkippedReasons.Keys.ShouldBe(reason is null ? [] : [reason]);
    }

    [Fact]
    public async Task The_handler_reads_its_own_tenants_period_and_writes_both_reports()
    {
        var reader = new ListReader(
            Event(Now.AddHours(-1), """{"key_id":"=cmd","requests":9223372036854775807,"bytes_transferred":10}"""),
            Event(Now.AddHours(-1.2), """{"key_id":"=cmd","requests":9223372036854775807,"bytes_transferred":5}"""),
            Event(Now.AddHours(-2), """{"key_id":"ignored","requests":3,"bytes_transferred":1}"""),
            Event(Now.AddHours(-3), """{"key_id":7}"""));
        var context = new FakeJobContext("keys.usage.aggregate", """{"period":"24h","granularity":"hourly","key_ids":["=cmd"]}""", new StoppedClock(Now));
        var result = (await new UsageAggregateHandler(reader).ExecuteAsync(context, TestContext.Current.CancellationToken)).ShouldSucceed();

        reader.Asked.ShouldBe(("tenant-123", "keys.usage.recorded", Now.AddHours(-24), Now.AddMilliseconds(-1)));
        result.GetProperty("total_requests").GetRawText().ShouldBe("18446744073709551614");
        result.GetProperty("total_bytes").GetInt64().ShouldBe(15);
        result.GetProperty("events_read").GetInt64().ShouldBe(4);
        result.GetProperty("events_skipped").GetInt64().ShouldBe(1);
        result.GetProperty("period").GetRawText().ShouldBe("""{"start":"2026-02-03T10:30:00.000Z","end":"2026-02-04T10:30:00.000Z","granularity":"hour"}""");
        var only = result.GetProperty("keys_breakdown").EnumerateArray().ShouldHaveSingleItem();
        only.GetProperty("key_id").GetString().ShouldBe("=cmd");
        only.GetProperty("buckets").GetRawText().ShouldBe("""[{"start":"2026-02-04T09:00:00.000Z","requests":18446744073709551614,"bytes":15}]""");
        Encoding.UTF8.GetString(context.Artifacts["usage_report.csv"]).ShouldBe(
            "key_id,bucket_start,requests,bytes\r\n'=cmd,2026-02-04T09:00:00.000Z,18446744073709551614,15\r\n");
        JsonElement.DeepEquals(JsonElement.Parse(context.Artifacts["usage_report.json"]), result).ShouldBeTrue();
        context.Metrics["events_skipped"].ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_period_fails_the_run_for_good()
    {
        var context = new FakeJobContext("keys.usage.aggregate", """{"period":"fortnight"}""", new StoppedClock(Now));
        (await new UsageAggregateHandler(new ListReader()).ExecuteAsync(context, TestContext.Current.CancellationToken)).ShouldFailForGood().Code.ShouldBe("invalid_period");
    }

    private static EventRow Event(DateTimeOffset at, string payload) => new()
    {
        Id = default,
        TenantId = new TenantId("tenant-123"),
        EventVersion = "1.0",
        EventType = "keys.usage.recorded",
        OccurredAt = at,
        ReceivedAt = at,
        TraceId = "t",
        SourceApp = "keys",
        Payload = JsonElement.Parse(payload),
        CreatedAt = at,
    };

    private sealed class ListReader(params EventRow[] rows) : IEventReader
    {
        public (string Tenant, string Type, DateTimeOffset From, DateTimeOffset To) Asked { get; private set; }

        public async IAsyncEnumerable<EventRow> ReadAsync(
            TenantId tenant, string eventType, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancel)
        {
            Asked = (tenant.Value, eventType, from, to);
            foreach (var row in rows)
            {
                await Task.Yield();
                yield return row;
            }
        }
    }
}
