using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface ILifeGrain : IGrainWithGuidKey
{
    Task<int> Life();

    Task Hold(string name);

    Task LeaveAfter(string name);

    Task Delay(TimeSpan span);

    Task<int> CountAndLeaveAt(int every);
}

public interface IFailingGrain : IGrainWithIntegerKey
{
    Task<string> Ping();
}

public sealed class LifeGrain(Probe probe) : Grain, ILifeGrain
{
    private static int s_lives;
    private int _life;
    private int _inside;
    private int _served;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _life = Interlocked.Increment(ref s_lives);
        probe.Note("activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note($"deactivated: {reason.ReasonCode}");
        probe.Signal("deactivated");
        return Task.CompletedTask;
    }

    public Task<int> Life() => Task.FromResult(_life);

    public async Task Hold(string name)
    {
        probe.Signal("entered " + name);
        await probe.Gate(name);
        probe.Note(name);
    }

    public async Task LeaveAfter(string name)
    {
        DeactivateOnIdle();
        await Hold(name);
    }

    public async Task<int> CountAndLeaveAt(int every)
    {
        (++_inside).ShouldBe(1);
        await Task.Yield();
        _inside--;
        if (++_served % every == 0)
        {
            DeactivateOnIdle();
        }

        return 1;
    }

    public Task Delay(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }
}

public sealed class FailingGrain(Probe probe) : Grain, IFailingGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Signal("activating");
        await probe.Gate("activate");
        if (!probe.Log.Contains("healed", StringComparer.Ordinal))
        {
            throw new InvalidDataException("no good today");
        }
    }

    public Task<string> Ping() => Task.FromResult("pong");
}

public sealed class LifeTests : IAsyncLifetime
{
    private readonly Guid _key = new("0f8fad5b-d9cb-469f-a165-70867728950e");
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    private ILifeGrain Grain => _engine.Grains.GetGrain<ILifeGrain>(_key);

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task The_first_call_activates_and_later_ones_find_the_same_activation()
    {
        var life = await Probe.Within(Grain.Life());
        (await Probe.Within(Grain.Life())).ShouldBe(life);
        Probe.Log.ShouldBe(["activated"]);
    }

    [Fact]
    public async Task All_who_wait_for_a_failing_activation_get_its_error_and_the_next_call_tries_afresh()
    {
        var grain = _engine.Grains.GetGrain<IFailingGrain>(7);
        var calls = new[] { grain.Ping(), grain.Ping() };
        await Probe.Signaled("activating");
        Probe.Open("activate");
        foreach (var call in calls)
        {
            (await Should.ThrowAsync<InvalidDataException>(Probe.Within(call))).Message.ShouldBe("no good today");
        }

        Probe.Note("healed");
        (await Probe.Within(grain.Ping())).ShouldBe("pong");
    }

    [Fact]
    public async Task An_idle_activation_is_collected_after_its_age_and_not_before()
    {
        var life = await Probe.Within(Grain.Life());
        _engine.Clock.Advance(TimeSpan.FromMinutes(14));
        (await Probe.Within(Grain.Life())).ShouldBe(life);
        _engine.Clock.Advance(TimeSpan.FromMinutes(17));
        await Probe.Signaled("deactivated");
        Probe.Log[^1].ShouldBe("deactivated: ActivationIdle");
        (await Probe.Within(Grain.Life())).ShouldNotBe(life);
    }

    [Fact]
    public async Task A_running_request_and_a_delay_keep_an_activation_from_being_collected()
    {
        var life = await Probe.Within(Grain.Life());
        var held = Grain.Hold("long");
        await Probe.Signaled("entered long");
        _engine.Clock.Advance(TimeSpan.FromMinutes(20));
        Probe.Open("long");
        await Should.ThrowAsync<TimeoutException>(Probe.Within(held));
        await Probe.Within(Grain.Delay(TimeSpan.FromHours(1)));
        _engine.Clock.Advance(TimeSpan.FromMinutes(40));
        (await Probe.Within(Grain.Life())).ShouldBe(life);
    }

    [Fact]
    public async Task Deactivation_waits_for_what_runs_and_what_is_queued_goes_to_a_new_activation()
    {
        var life = await Probe.Within(Grain.Life());
        var leaving = Grain.LeaveAfter("leaving");
        await Probe.Signaled("entered leaving");
        var queued = Grain.Life();
        Probe.Open("leaving");
        await Probe.Within(leaving);
        (await Probe.Within(queued)).ShouldNotBe(life);
        Probe.Log.ShouldBe(["activated", "leaving", "deactivated: ApplicationRequested", "activated"]);
    }

    [Fact]
    public async Task No_call_is_lost_or_run_beside_another_while_activations_come_and_go()
    {
        var counts = await Probe.Within(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var grain = Grain;
            var answered = 0;
            for (var i = 0; i < 500; i++)
            {
                answered += await grain.CountAndLeaveAt(every: 7);
            }

            return answered;
        }))));
        counts.Sum().ShouldBe(4_000);
        Probe.Log.Count(line => string.Equals(line, "activated", StringComparison.Ordinal)).ShouldBeGreaterThan(400);
    }

    [Fact]
    public async Task A_key_that_is_blank_is_refused_and_a_key_of_the_wrong_kind_is_an_error()
    {
        Should.Throw<ArgumentException>(() => _engine.Grains.GetGrain<ITurnGrain>(" "));
        Grain.GetPrimaryKey().ShouldBe(_key);
        Should.Throw<InvalidOperationException>(() => Grain.GetPrimaryKeyLong());
        _engine.Grains.GetGrain<IFailingGrain>(31).GetGrainId().ToString().ShouldBe("failing/1F");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_graceful_stop_lets_requests_finish_deactivates_all_and_refuses_new_calls()
    {
        var grain = Grain;
        var held = grain.Hold("held");
        await Probe.Signaled("entered held");
        var stop = _engine.StopAsync();
        await Should.ThrowAsync<SiloUnavailableException>(Probe.Within(grain.Life()));
        stop.IsCompleted.ShouldBeFalse();
        Probe.Open("held");
        await Probe.Within(held);
        await Probe.Within(stop);
        Probe.Log.ShouldBe(["activated", "held", "deactivated: ShuttingDown"]);
    }
}
