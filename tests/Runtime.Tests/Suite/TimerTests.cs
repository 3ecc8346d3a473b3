using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface ITimerGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave = false);

    Task Change(TimeSpan due, TimeSpan period);

    Task Stop();

    Task FailFromNowOn();

    Task<int> Ticks();

    Task Hold(string name);
}

public sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private bool _fails;
    private int _ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave = false)
    {
        _timer = this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task FailFromNowOn()
    {
        _fails = true;
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public async Task Hold(string name)
    {
        probe.Signal("entered " + name);
        await probe.Gate(name);
    }

    private async Task Tick(CancellationToken token)
    {
        _ticks++;
        probe.Signal("tick");
        if (_fails)
        {
            throw new InvalidDataException("a tick failed");
        }

        await probe.Gate("ticks may end");
    }
}

public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    private ITimerGrain Grain => _engine.Grains.GetGrain<ITimerGrain>("t");

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task The_period_counts_from_the_end_of_a_tick_so_ticks_never_pile_up()
    {
        await Probe.Within(Grain.Start(Ten, Ten));
        _engine.Clock.Advance(Ten);
        await Probe.Signaled("tick");
        _engine.Clock.Advance(TimeSpan.FromSeconds(25));
        Probe.Open("ticks may end");
        (await Probe.Within(Grain.Ticks())).ShouldBe(1);
        _engine.Clock.Advance(TimeSpan.FromSeconds(9));
        (await Probe.Within(Grain.Ticks())).ShouldBe(1);
        _engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await Probe.Signaled("tick");
        (await Probe.Within(Grain.Ticks())).ShouldBe(2);
    }

    [Fact]
    public async Task A_tick_waits_its_turn_unless_it_interleaves()
    {
        Probe.Open("ticks may end");
        var waiting = _engine.Grains.GetGrain<ITimerGrain>("waiting");
        var held = waiting.Hold("held");
        await Probe.Signaled("entered held");
        await Probe.Within(Grain.Start(Ten, Timeout.InfiniteTimeSpan, interleave: true));
        var alsoHeld = Grain.Hold("also held");
        await Probe.Signaled("entered also held");
        _engine.Clock.Advance(Ten);
        await Probe.Signaled("tick");
        Probe.Open("held");
        Probe.Open("also held");
        await Probe.Within(Task.WhenAll(held, alsoHeld));

        await Probe.Within(waiting.Start(Ten, Timeout.InfiniteTimeSpan));
        var blocking = waiting.Hold("blocking");
        await Probe.Signaled("entered blocking");
        var behind = waiting.Ticks();
        _engine.Clock.Advance(Ten);
        Probe.Open("blocking");
        await Probe.Within(blocking);
        (await Probe.Within(behind)).ShouldBe(0);
        await Probe.Signaled("tick");
    }

    [Fact]
    public async Task A_timer_can_be_changed_and_disposed()
    {
        Probe.Open("ticks may end");
        await Probe.Within(Grain.Start(Timeout.InfiniteTimeSpan, Ten));
        _engine.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Probe.Within(Grain.Ticks())).ShouldBe(0);
        await Probe.Within(Grain.Change(TimeSpan.Zero, Ten));
        await Probe.Signaled("tick");
        await Probe.Within(Grain.Stop());
        _engine.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Probe.Within(Grain.Ticks())).ShouldBe(1);
    }

    [Fact]
    public async Task A_failing_tick_does_not_stop_the_timer()
    {
        await Probe.Within(Grain.FailFromNowOn());
        await Probe.Within(Grain.Start(Ten, Ten));
        for (var i = 1; i <= 2; i++)
        {
            _engine.Clock.Advance(Ten);
            await Probe.Signaled("tick");
            (await Probe.Within(Grain.Ticks())).ShouldBe(i);
        }
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        Probe.Open("ticks may end");
        await Probe.Within(Grain.Start(Ten, Ten));
        await _engine.DeactivateAsync(Grain.GetGrainId());
        _engine.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Probe.Within(Grain.Ticks())).ShouldBe(0);
    }

    [Fact]
    public async Task A_negative_due_time_is_refused() =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(Probe.Within(Grain.Start(TimeSpan.FromSeconds(-5), Ten)));
}
