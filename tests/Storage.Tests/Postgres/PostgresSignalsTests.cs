using System.Threading.Channels;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Postgres;

public sealed class PostgresSignalsTests : StoreTest<PostgresFixture>
{
    [Fact]
    public async Task Hints_are_heard_by_every_process_and_unknown_ones_are_passed_over()
    {
        var heard = Listen(await Fixture.OpenAsync(Time));
        var job = new JobId(Ids.Next());

        await Fixture.QueryAsync($"NOTIFY jobforge, 'of_a_newer_version'; NOTIFY jobforge, 'job:nonsense'; NOTIFY jobforge, 'job:{job}'; NOTIFY jobforge, 'donated'");
        await Store.Tenants.SetFlagAsync(null, FeatureFlag.EventsEnabled, true, Audit(null), None);

        (await NextAsync(heard)).ShouldBe(new StoreSignal(StoreSignalKind.JobChanged, job));
        (await NextAsync(heard)).ShouldBe(new StoreSignal(StoreSignalKind.Donated));
        (await NextAsync(heard)).ShouldBe(new StoreSignal(StoreSignalKind.RegistryChanged));
    }

    [Fact]
    public async Task A_broken_channel_is_made_again_and_then_everything_is_looked_at()
    {
        var heard = Listen(Store);
        var version = await Store.Registry.VersionAsync(None);

        await Fixture.QueryAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jobforge listener' AND datname = current_database()");
        await Time.WhenArmedAsync(1);
        await Fixture.QueryAsync("INSERT INTO jobforge_flags (flag, value) VALUES ('events_enabled', true)");
        (await Store.Registry.VersionAsync(None)).ShouldBe(version, "nothing was heard, and the last look was just now");
        Time.Advance(TimeSpan.FromSeconds(1));

        (await NextAsync(heard)).Kind.ShouldBe(StoreSignalKind.LookAtEverything);
        (await Store.Registry.VersionAsync(None)).ShouldBeGreaterThan(version);
        await Fixture.QueryAsync("NOTIFY jobforge, 'donated'");
        (await NextAsync(heard)).Kind.ShouldBe(StoreSignalKind.Donated);
    }

    [Fact]
    public async Task The_registrys_version_is_answered_from_memory_for_ten_seconds_and_then_looked_up_again()
    {
        var version = await Store.Registry.VersionAsync(None);
        // A change whose hint is lost.
        await Fixture.QueryAsync("UPDATE jobforge_registry_version SET version = version + 1");

        Time.Advance(TimeSpan.FromSeconds(9));
        (await Store.Registry.VersionAsync(None)).ShouldBe(version);
        Time.Advance(TimeSpan.FromSeconds(1));
        (await Store.Registry.VersionAsync(None)).ShouldBe(version + 1);
    }

    private static ChannelReader<StoreSignal> Listen(IStore store)
    {
        var heard = Channel.CreateUnbounded<StoreSignal>();
        store.Signals.Received += signal => heard.Writer.TryWrite(signal);
        return heard.Reader;
    }

    private static Task<StoreSignal> NextAsync(ChannelReader<StoreSignal> heard) => heard.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
