using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class EngineRowsConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task A_reminder_is_deleted_by_its_own_etag_only()
    {
        var row = new ReminderRow("grain/1", "tick", Now, TimeSpan.FromMinutes(1), "");
        var first = await Store.EngineRows.UpsertReminderAsync(row, None);
        var second = await Store.EngineRows.UpsertReminderAsync(row with { Period = TimeSpan.FromMinutes(2) }, None);

        (await Store.EngineRows.DeleteReminderAsync("grain/1", "tick", first, None)).ShouldBeFalse();
        (await Store.EngineRows.RemindersOfAsync("grain/1", None)).ShouldBe([row with { Period = TimeSpan.FromMinutes(2), Etag = second }]);
        (await Store.EngineRows.DeleteReminderAsync("grain/1", "tick", second, None)).ShouldBeTrue();
        (await Store.EngineRows.DeleteReminderAsync("grain/1", "tick", second, None)).ShouldBeTrue("it is not there with another etag");
        (await Store.EngineRows.AllRemindersAsync(None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Grain_state_is_written_under_the_stored_etag_only()
    {
        var rows = Store.EngineRows;
        (await rows.ReadStateAsync("s", "g", None)).ShouldBe((null, null));
        var first = (await rows.WriteStateAsync("s", "g", [1], null, None)).ShouldNotBeNull();
        (await rows.WriteStateAsync("s", "g", [2], null, None)).ShouldBeNull("there is a row already");
        var second = (await rows.WriteStateAsync("s", "g", [2], first, None)).ShouldNotBeNull();
        (await rows.WriteStateAsync("s", "g", [3], first, None)).ShouldBeNull("the etag is stale");

        var (payload, etag) = await rows.ReadStateAsync("s", "g", None);
        payload.ShouldBe([2]);
        etag.ShouldBe(second);
        var cleared = (await rows.WriteStateAsync("s", "g", null, second, None)).ShouldNotBeNull();
        (await rows.ReadStateAsync("s", "g", None)).ShouldBe((null, cleared));
        (await rows.WriteStateAsync("s", "g", [4], second, None)).ShouldBeNull("an etag from before the clearing is stale");
        (await rows.WriteStateAsync("s", "g", [4], cleared, None)).ShouldNotBeNull();
    }
}
