using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Concurrency;

namespace JobForge.Runtime.Tests.Suite;

public interface ITurnGrain : IGrainWithStringKey
{
    Task<int> CountAcrossAwaits();

    Task Hold(string name);

    [AlwaysInterleave]
    Task Interleave(string name);

    [ReadOnly]
    Task Read(string name);

    Task<bool> ComesBackToItsScheduler();

    Task WaitForRelease();

    [AlwaysInterleave]
    Task ReleaseMidTurn();
}

public interface IReentrantTurnGrain : ITurnGrain
{
}

public class TurnGrain(Probe probe) : Grain, ITurnGrain
{
    private readonly TaskCompletionSource _released = new();
    private int _inside;
    private int _count;

    public async Task<int> CountAcrossAwaits()
    {
        (++_inside).ShouldBe(1);
        var seen = _count;
        await Task.Yield();
        _count = seen + 1;
        (_inside--).ShouldBe(1);
        return _count;
    }

    public async Task Hold(string name)
    {
        probe.Signal("entered " + name);
        await probe.Gate(name);
        probe.Note(name);
    }

    public Task Interleave(string name) => Hold(name);

    public Task Read(string name) => Hold(name);

    public Task WaitForRelease()
    {
        probe.Signal("waiting");
        return _released.Task;
    }

    public Task ReleaseMidTurn()
    {
        probe.Note("before");
        _released.SetResult();
        probe.Note("after");
        return Task.CompletedTask;
    }

    public async Task<bool> ComesBackToItsScheduler()
    {
        var own = TaskScheduler.Current;
        await Task.Run(() => { });
        return own != TaskScheduler.Default && TaskScheduler.Current == own;
    }
}

[Reentrant]
public sealed class ReentrantTurnGrain(Probe probe) : TurnGrain(probe), IReentrantTurnGrain;

public sealed class TurnTests : IAsyncLifetime
{
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Requests_of_one_grain_never_overlap_although_they_await()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("counter", typeof(TurnGrain).FullName);
        var counts = await Probe.Within(Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(grain.CountAcrossAwaits))));
        counts.Order().ShouldBe(Enumerable.Range(1, 500));
    }

    [Fact]
    public async Task An_await_comes_back_to_the_grains_scheduler()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("scheduler", typeof(TurnGrain).FullName);
        (await Probe.Within(grain.ComesBackToItsScheduler())).ShouldBeTrue();
    }

    [Fact]
    public async Task Requests_start_in_the_order_in_which_one_caller_sent_them()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("order", typeof(TurnGrain).FullName);
        var calls = Enumerable.Range(0, 20).Select(i => grain.Hold($"{i}")).ToList();
        for (var i = 0; i < 20; i++)
        {
            await Probe.Signaled($"entered {i}");
            Probe.Open($"{i}");
        }

        await Probe.Within(Task.WhenAll(calls));
        Probe.Log.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
    }

    [Fact]
    public async Task An_always_interleaving_call_overtakes_the_line_and_an_ordinary_one_does_not()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("interleave", typeof(TurnGrain).FullName);
        var first = grain.Hold("first");
        await Probe.Signaled("entered first");
        var second = grain.Hold("second");
        Probe.Open("second");
        var interleaving = grain.Interleave("interleaving");
        await Probe.Signaled("entered interleaving");
        Probe.Open("interleaving");
        await Probe.Within(interleaving);
        Probe.Open("first");
        await Probe.Within(Task.WhenAll(first, second));
        Probe.Log.ShouldBe(["interleaving", "first", "second"]);
    }

    [Fact]
    public async Task Read_only_calls_run_beside_each_other_and_never_beside_a_write()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("readers", typeof(TurnGrain).FullName);
        var one = grain.Read("one");
        await Probe.Signaled("entered one");
        var write = grain.Hold("write");
        Probe.Open("write");
        var two = grain.Read("two");
        await Probe.Signaled("entered two");
        Probe.Open("two");
        await Probe.Within(two);
        Probe.Open("one");
        await Probe.Within(Task.WhenAll(one, write));
        Probe.Log.ShouldBe(["two", "one", "write"]);
    }

    [Fact]
    public async Task A_request_that_another_one_completes_does_not_let_the_next_start_in_the_middle_of_that_turn()
    {
        var grain = _engine.Grains.GetGrain<ITurnGrain>("release", typeof(TurnGrain).FullName);
        var waiting = grain.WaitForRelease();
        await Probe.Signaled("waiting");
        var next = grain.Hold("next");
        Probe.Open("next");
        await Probe.Within(grain.ReleaseMidTurn());
        await Probe.Within(Task.WhenAll(waiting, next));
        Probe.Log.ShouldBe(["before", "after", "next"]);
    }

    [Fact]
    public async Task A_reentrant_class_interleaves_at_awaits_but_its_turns_still_exclude_each_other()
    {
        var grain = _engine.Grains.GetGrain<IReentrantTurnGrain>("reentrant");
        var first = grain.Hold("first");
        await Probe.Signaled("entered first");
        var second = grain.Hold("second");
        await Probe.Signaled("entered second");
        Probe.Open("second");
        await Probe.Within(second);
        Probe.Open("first");
        await Probe.Within(first);
        Probe.Log.ShouldBe(["second", "first"]);
    }
}
