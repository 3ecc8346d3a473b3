using System.Globalization;
using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);

    Task Unregister(string name);

    Task UnregisterStale(string name, TimeSpan due, TimeSpan period);

    Task<string> Names();

    Task FailFromNowOn(bool fails);
}

public sealed class ReminderGrain(Probe probe) : Grain, IReminderGrain, IRemindable
{
    private bool _fails;

    public Task Register(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task Unregister(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task UnregisterStale(string name, TimeSpan due, TimeSpan period)
    {
        var stale = await this.RegisterOrUpdateReminder(name, due, period);
        await this.RegisterOrUpdateReminder(name, due, period);
        await this.UnregisterReminder(stale);
    }

    public async Task<string> Names() =>
        string.Join(' ', (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal));

    public Task FailFromNowOn(bool fails)
    {
        _fails = fails;
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var at = status.CurrentTickTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        probe.Note($"{reminderName} {at} first {status.FirstTickTime.ToString("HH:mm", CultureInfo.InvariantCulture)}");
        probe.Signal(reminderName);
        return _fails ? throw new InvalidDataException("not delivered") : Task.CompletedTask;
    }
}

/// <summary>The clock starts at midnight, so the times in the log are the spans since the start.</summary>
public sealed class ReminderTests : IAsyncLifetime
{
    private static readonly TimeSpan One = TimeSpan.FromMinutes(1);
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    private IReminderGrain Grain => _engine.Grains.GetGrain<IReminderGrain>("r");

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_reminder_ticks_at_its_start_and_then_every_period()
    {
        await Probe.Within(Grain.Register("bell", One, 5 * One));
        await AdvanceTo(One, "bell");
        await AdvanceTo(5 * One, "bell");
        Probe.Log.ShouldBe(["bell 00:01:00 first 00:01", "bell 00:06:00 first 00:01"]);
    }

    [Fact]
    public async Task A_reminder_survives_a_restart_and_what_was_missed_is_skipped()
    {
        await Probe.Within(Grain.Register("bell", One, 5 * One));
        await AdvanceTo(One, "bell");
        await _engine.StopAsync();
        _engine.Clock.Advance(12 * One);
        await _engine.RestartAsync();
        Probe.Log.Count.ShouldBe(1);
        await AdvanceTo(3 * One, "bell");
        Probe.Log.ShouldBe(["bell 00:01:00 first 00:01", "bell 00:16:00 first 00:01"]);
    }

    [Fact]
    public async Task A_reminder_far_ahead_is_loaded_in_time()
    {
        await Probe.Within(Grain.Register("far", TimeSpan.FromHours(3), One));
        await _engine.DeactivateAsync(Grain.GetGrainId());
        for (var i = 0; i < 36; i++)
        {
            _engine.Clock.Advance(5 * One);
            // A call to the grain gives the refresh its time; the signal below is what counts.
            await Probe.Within(Grain.Names());
        }

        await Probe.Signaled("far");
        Probe.Log[0].ShouldBe("far 03:00:00 first 03:00");
    }

    [Fact]
    public async Task Registering_again_replaces_the_schedule_and_makes_old_handles_stale()
    {
        await Probe.Within(Grain.Register("bell", One, 5 * One));
        await Probe.Within(Grain.Register("bell", 2 * One, 5 * One));
        await AdvanceTo(2 * One, "bell");
        Probe.Log.ShouldBe(["bell 00:02:00 first 00:02"]);
        await Should.ThrowAsync<ReminderException>(Probe.Within(Grain.UnregisterStale("bell", One, One)));
        (await Probe.Within(Grain.Names())).ShouldBe("bell");
    }

    [Fact]
    public async Task An_unregistered_reminder_is_gone_and_ticks_no_more()
    {
        await Probe.Within(Grain.Register("bell", One, One));
        await Probe.Within(Grain.Register("marker", 3 * One, One));
        await Probe.Within(Grain.Unregister("bell"));
        (await Probe.Within(Grain.Names())).ShouldBe("marker");
        await AdvanceTo(3 * One, "marker");
        Probe.Log.ShouldBe(["marker 00:03:00 first 00:03"]);
    }

    [Fact]
    public async Task A_failed_delivery_waits_for_the_next_period()
    {
        await Probe.Within(Grain.Register("bell", One, One));
        await Probe.Within(Grain.FailFromNowOn(true));
        await AdvanceTo(One, "bell");
        await Probe.Within(Grain.FailFromNowOn(false));
        await AdvanceTo(One, "bell");
        Probe.Log.ShouldBe(["bell 00:01:00 first 00:01", "bell 00:02:00 first 00:01"]);
    }

    [Fact]
    public async Task A_period_below_the_minimum_is_refused() =>
        await Should.ThrowAsync<ArgumentException>(Probe.Within(Grain.Register("fast", One, TimeSpan.FromSeconds(59))));

    private async Task AdvanceTo(TimeSpan span, string signal)
    {
        _engine.Clock.Advance(span);
        await Probe.Signaled(signal);
    }
}
