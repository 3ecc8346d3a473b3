using JobForge.Contracts.Ids;
using JobForge.Runtime.Execution;
using JobForge.Runtime.Hosting;
using JobForge.Runtime.Tests.Fixtures;
using JobForge.Runtime.Tests.Suite;
using JobForge.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Embedded;

/// <summary>What only the embedded engine promises: the seams of the simulator, and engines side by side.</summary>
public sealed class SeamTests
{
    [Fact]
    public void A_single_threaded_scheduler_runs_a_whole_engine_and_its_seed_decides_the_order()
    {
        var orders = Enumerable.Range(1, 6).Select(seed => RunSeeded((ulong)seed)).ToList();
        RunSeeded(1).ShouldBe(orders[0]);
        orders.Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Two_engines_in_one_process_share_nothing()
    {
        await using var one = await Engines.StartAsync();
        await using var two = await Engines.StartAsync();
        var id = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");
        var here = await Probe.Within(one.Grains.GetGrain<ILifeGrain>(id).Life());
        (await Probe.Within(two.Grains.GetGrain<ILifeGrain>(id).Life())).ShouldNotBe(here);
        await one.StopAsync();
        await Probe.Within(two.Grains.GetGrain<ILifeGrain>(id).Life());
    }

    [Fact]
    public async Task A_crash_ends_open_calls_and_runs_no_further_turn()
    {
        await using var fixture = (EmbeddedFixture)await Engines.StartAsync();
        var held = fixture.Grains.GetGrain<ILifeGrain>(Guid.Empty).Hold("held");
        await fixture.Probe.Signaled("entered held");
        fixture.Engine.Crash();
        await Should.ThrowAsync<SiloUnavailableException>(Probe.Within(held));
        fixture.Probe.Open("held");
        await Should.ThrowAsync<SiloUnavailableException>(Probe.Within(fixture.Grains.GetGrain<ILifeGrain>(Guid.Empty).Life()));
        fixture.Probe.Log.ShouldBe(["activated"]);
    }

    [Fact]
    public async Task A_call_to_a_hanging_turn_still_times_out()
    {
        await using var fixture = (EmbeddedFixture)await Engines.StartAsync();
        var grain = fixture.Grains.GetGrain<IHangingGrain>(0);
        var hanging = grain.Hang();
        await fixture.Probe.Signaled("hanging");
        var behind = grain.Ping();
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        await Should.ThrowAsync<TimeoutException>(Probe.Within(hanging));
        await Should.ThrowAsync<TimeoutException>(Probe.Within(behind));
        HangingGrain.Release.Set();
    }

    private static string RunSeeded(ulong seed)
    {
        var probe = new Probe();
        var scheduler = new SeededScheduler(RandomSource.Seeded(seed));
        using var services = new ServiceCollection().AddSingleton(probe)
            .AddEmbeddedGrains(options =>
            {
                options.AddGrain<StepGrain>();
                options.Time = new FakeTimeProvider();
                options.TurnScheduler = scheduler;
                options.Random = RandomSource.Seeded(seed);
            })
            .BuildServiceProvider();
        var factory = services.GetRequiredService<IGrainFactory>();
        var calls = Enumerable.Range(0, 5).Select(i => factory.GetGrain<IStepGrain>(i).Step(3)).ToList();
        scheduler.RunToEnd();
        calls.ShouldAllBe(call => call.IsCompletedSuccessfully);
        return string.Join(' ', probe.Log);
    }

    private sealed class SeededScheduler(RandomSource random) : ITurnScheduler
    {
        private readonly List<IThreadPoolWorkItem> _runs = [];

        public int TurnsPerRun => 1;

        public void Schedule(IThreadPoolWorkItem run) => _runs.Add(run);

        public void RunToEnd()
        {
            while (_runs.Count > 0)
            {
                var at = random.Next(_runs.Count);
                var run = _runs[at];
                _runs.RemoveAt(at);
                run.Execute();
            }
        }
    }
}

public interface IStepGrain : IGrainWithIntegerKey
{
    Task Step(int count);
}

public interface IHangingGrain : IGrainWithIntegerKey
{
    Task Hang();

    Task Ping();
}

public sealed class StepGrain(Probe probe) : Grain, IStepGrain
{
    public async Task Step(int count)
    {
        for (var i = 0; i < count; i++)
        {
            probe.Note($"{this.GetPrimaryKeyLong()}.{i}");
            await Task.Yield();
            await GrainFactory.GetGrain<IStepGrain>(this.GetPrimaryKeyLong() + 5).Step(0);
        }
    }
}

public sealed class HangingGrain(Probe probe) : Grain, IHangingGrain
{
    internal static ManualResetEventSlim Release { get; } = new();

    public Task Hang()
    {
        probe.Signal("hanging");
        Release.Wait(TimeSpan.FromSeconds(20));
        return Task.CompletedTask;
    }

    public Task Ping() => Task.CompletedTask;
}
