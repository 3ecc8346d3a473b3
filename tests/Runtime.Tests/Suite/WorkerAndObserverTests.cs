using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface IWorkerGrain : IGrainWithIntegerKey
{
    Task<int> Work(string name);
}

public interface IListener : IGrainObserver
{
    Task<string> Hear(string what);
}

public interface INotifierGrain : IGrainWithIntegerKey
{
    Task<string> Tell(IListener listener, string what);
}

[StatelessWorker(2)]
public sealed class WorkerGrain(Probe probe) : Grain, IWorkerGrain
{
    private static int s_workers;
    private readonly int _worker = Interlocked.Increment(ref s_workers);

    public async Task<int> Work(string name)
    {
        probe.Signal("entered " + name);
        await probe.Gate(name);
        return _worker;
    }
}

public sealed class NotifierGrain : Grain, INotifierGrain
{
    public Task<string> Tell(IListener listener, string what) => listener.Hear(what);
}

public sealed class WorkerAndObserverTests : IAsyncLifetime
{
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Calls_to_a_stateless_worker_run_side_by_side_up_to_its_limit()
    {
        var grain = _engine.Grains.GetGrain<IWorkerGrain>(0);
        var calls = new[] { grain.Work("a"), grain.Work("b"), grain.Work("c") };
        await Probe.Signaled("entered a");
        await Probe.Signaled("entered b");
        Probe.Open("a");
        await Probe.Signaled("entered c");
        Probe.Open("b");
        Probe.Open("c");
        var workers = await Probe.Within(Task.WhenAll(calls));
        workers[0].ShouldNotBe(workers[1]);
        workers[2].ShouldBe(workers[0]);
    }

    [Fact]
    public async Task A_free_worker_is_used_again_before_another_is_made()
    {
        var grain = _engine.Grains.GetGrain<IWorkerGrain>(1);
        Probe.Open("quick");
        var first = await Probe.Within(grain.Work("quick"));
        (await Probe.Within(grain.Work("quick"))).ShouldBe(first);
    }

    [Fact]
    public async Task Grains_call_an_observer_until_its_reference_is_deleted()
    {
        var listener = new Listener();
        var reference = _engine.Grains.CreateObjectReference<IListener>(listener);
        var notifier = _engine.Grains.GetGrain<INotifierGrain>(0);
        (await Probe.Within(notifier.Tell(reference, "news"))).ShouldBe("heard news");
        _engine.Grains.DeleteObjectReference<IListener>(listener);
        await Should.ThrowAsync<OrleansException>(Probe.Within(TellUntilGone(notifier, reference)));
        GC.KeepAlive(listener);
    }

    private static async Task TellUntilGone(INotifierGrain notifier, IListener reference)
    {
        while (true)
        {
            await notifier.Tell(reference, "more");
        }
    }

    private sealed class Listener : IListener
    {
        public Task<string> Hear(string what) => Task.FromResult("heard " + what);
    }
}
