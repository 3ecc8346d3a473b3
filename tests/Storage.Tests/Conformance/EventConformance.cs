using System.Text.Json;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class EventConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task An_event_reads_back_with_every_member()
    {
        var one = Event() with { ProjectId = "p", SourceModule = "ops", Subject = new EventSubject("host", "h-1"), ActorId = "a", ContainsPii = true };

        (await AppendAsync(one)).Kind.ShouldBe(EventAppendKind.Stored);

        var stored = (await Store.Read.EventAsync(Acme, one.Id, None)).ShouldNotBeNull();
        stored.Payload.GetRawText().ShouldBe(one.Payload.GetRawText());
        (stored with { Payload = one.Payload }).ShouldBe(one);
        (await Store.Read.EventAsync(Other, one.Id, None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_answers_the_first_row_and_another_body_is_a_conflict()
    {
        var first = Event();
        await AppendAsync(first, key: "k");

        var repeat = await AppendAsync(Event(), key: "k");
        var conflict = await AppendAsync(Event(), key: "k", digest: "another");

        (repeat.Kind, repeat.Event.Id).ShouldBe((EventAppendKind.Duplicate, first.Id));
        (conflict.Kind, conflict.Event.Id).ShouldBe((EventAppendKind.KeyConflict, first.Id));
        (await AppendAsync(Event(Other), key: "k")).Kind.ShouldBe(EventAppendKind.Stored, "another tenant's key is another key");
        (await Store.Read.EventsAsync(new EventQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_equal_envelope_is_the_same_event_only_when_it_names_its_time()
    {
        var first = Event();
        await AppendAsync(first, unique: true);

        (await AppendAsync(Event(), unique: true)).Event.Id.ShouldBe(first.Id);
        (await AppendAsync(Event(), unique: false)).Kind.ShouldBe(EventAppendKind.Stored);
        (await AppendAsync(Event(), unique: true, digest: "another")).Kind.ShouldBe(EventAppendKind.Stored);
    }

    [Fact]
    public async Task Concurrent_repeats_and_repeats_in_one_batch_store_one_row()
    {
        var batch = await Store.Events.AppendAsync([New(Event(), "k"), New(Event(), "k")], None);
        var repeats = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => AppendAsync(Event(), key: "k"))));

        batch.Select(one => one.Kind).ShouldBe([EventAppendKind.Stored, EventAppendKind.Duplicate]);
        repeats.ShouldAllBe(one => one.Kind == EventAppendKind.Duplicate && one.Event.Id == batch[0].Event.Id);
    }

    [Fact]
    public async Task Events_page_newest_first_with_ties_and_meet_every_one_once()
    {
        var all = new List<EventRow>();
        for (var i = 0; i < 17; i++)
        {
            all.Add(Event() with { OccurredAt = Now.AddSeconds(i / 4) });
            await AppendAsync(all[^1]);
            await AppendAsync(Event(Other));
        }

        var met = new List<EventId>();
        string? cursor = null;
        do
        {
            var page = await Store.Read.EventsAsync(new EventQuery { TenantId = Acme, Limit = 3, Cursor = cursor }, None);
            met.AddRange(page.Items.Select(one => one.Id));
            cursor = page.NextCursor;
            await AppendAsync(Event() with { OccurredAt = Now.AddHours(1) });
        }
        while (cursor is not null);

        met.ShouldBe(all.OrderByDescending(one => one.OccurredAt).ThenByDescending(one => one.Id.ToString(), StringComparer.Ordinal).Select(one => one.Id));
    }

    [Fact]
    public async Task Events_are_filtered_with_inclusive_times_and_an_offset()
    {
        var special = Event() with { EventType = "b", SourceApp = "keys", SourceModule = "ops", ProjectId = "p", TraceId = "t", OccurredAt = Now.AddSeconds(1) };
        await AppendAsync(Event());
        await AppendAsync(special);
        await AppendAsync(Event() with { OccurredAt = Now.AddSeconds(2) });
        var all = new EventQuery { TenantId = Acme };

        foreach (var query in (EventQuery[])
            [
                all with { EventType = "b" }, all with { SourceApp = "keys" }, all with { SourceModule = "ops" }, all with { ProjectId = "p" },
                all with { TraceId = "t" }, all with { FromTime = special.OccurredAt, ToTime = special.OccurredAt }, all with { Offset = 1, Limit = 1 },
            ])
        {
            (await Store.Read.EventsAsync(query, None)).Items.ShouldHaveSingleItem().Id.ShouldBe(special.Id);
        }

        (await Store.Read.EventsAsync(all with { Processed = true }, None)).Items.ShouldBeEmpty();
        (await Store.Read.EventsAsync(all with { Processed = false }, None)).Items.Count.ShouldBe(3);
    }

    private EventRow Event(TenantId? tenant = null) => new()
    {
        Id = new EventId(Ids.Next()),
        TenantId = tenant ?? Acme,
        EventVersion = "1.0",
        EventType = "infrastructure.alert",
        OccurredAt = Now,
        ReceivedAt = Now,
        TraceId = "trace",
        SourceApp = "settler",
        Payload = JsonElement.Parse("""{"severity":"high"}"""),
        CreatedAt = Now,
    };

    private static NewEvent New(EventRow row, string? key = null, string digest = "digest", bool unique = false) => new(row, digest, key, unique);

    private async Task<EventAppend> AppendAsync(EventRow row, string? key = null, string digest = "digest", bool unique = false) =>
        (await Store.Events.AppendAsync([New(row, key, digest, unique)], None)).ShouldHaveSingleItem();
}
