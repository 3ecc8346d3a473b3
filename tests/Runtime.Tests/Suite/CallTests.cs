using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface ICallGrain : IGrainWithStringKey
{
    Task Fail(string message);

    ValueTask<string> Chain(int depth);

    Task Wait(string name, CancellationToken cancellationToken = default);

    Task<List<int>> Keep(List<int> items, Dictionary<string, int[]> more);

    Task<string> Kept();

    [OneWay]
    Task Tell(string name);

    Task<string?> WhatFlows(string key);

    Task<bool> ForgetWhatFlows(string key);

    [ResponseTimeout("00:00:05")]
    Task Slow(string name);
}

public sealed class CallGrain(Probe probe) : Grain, ICallGrain
{
    private readonly List<int> _own = [1, 2];
    private List<int> _items = [];
    private Dictionary<string, int[]> _more = [];

    public async Task Fail(string message)
    {
        await Task.Yield();
        throw new InvalidDataException(message, new NotSupportedException("inner"));
    }

    public async ValueTask<string> Chain(int depth)
    {
        var own = this.GetPrimaryKeyString();
        return depth == 0 ? own : own + ">" + await GrainFactory.GetGrain<ICallGrain>($"{own}{depth}").Chain(depth - 1);
    }

    public async Task Wait(string name, CancellationToken cancellationToken = default)
    {
        probe.Note("started " + name);
        using var told = cancellationToken.Register(() =>
        {
            probe.Note("canceled " + name);
            probe.Signal("canceled " + name);
        });
        probe.Signal("entered " + name);
        await probe.Gate(name);
    }

    public Task<List<int>> Keep(List<int> items, Dictionary<string, int[]> more)
    {
        (_items, _more) = (items, more);
        return Task.FromResult(_own);
    }

    public Task<string> Kept() => Task.FromResult($"{string.Join(',', _items)} {_more["a"][0]} {string.Join(',', _own)}");

    public async Task Tell(string name)
    {
        probe.Signal("entered " + name);
        await probe.Gate(name);
        throw new InvalidDataException("no one hears this");
    }

    public Task<string?> WhatFlows(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public Task<bool> ForgetWhatFlows(string key)
    {
        RequestContext.Set("left behind", "by the callee");
        return Task.FromResult(RequestContext.Remove(key));
    }

    public Task Slow(string name) => probe.Gate(name);
}

public sealed class CallTests : IAsyncLifetime
{
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    private ICallGrain Grain => _engine.Grains.GetGrain<ICallGrain>("a");

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task An_exception_reaches_the_caller_with_its_type_message_and_cause()
    {
        var error = await Should.ThrowAsync<InvalidDataException>(Probe.Within(Grain.Fail("broken")));
        error.Message.ShouldBe("broken");
        error.InnerException.ShouldBeOfType<NotSupportedException>();
    }

    [Fact]
    public async Task Grains_call_grains() =>
        (await Probe.Within(Grain.Chain(3).AsTask())).ShouldBe("a>a3>a32>a321");

    [Fact]
    public async Task Canceling_ends_the_call_at_once_and_signals_the_callee()
    {
        using var source = new CancellationTokenSource();
        var call = Grain.Wait("running", source.Token);
        await Probe.Signaled("entered running");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Probe.Within(call));
        await Probe.Signaled("canceled running");
        Probe.Open("running");
    }

    [Fact]
    public async Task A_canceled_call_that_is_still_queued_never_runs()
    {
        using var source = new CancellationTokenSource();
        var running = Grain.Wait("running");
        await Probe.Signaled("entered running");
        var queued = Grain.Wait("queued", source.Token);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Probe.Within(queued));
        Probe.Open("running");
        Probe.Open("after");
        await Probe.Within(running);
        await Probe.Within(Grain.Wait("after"));
        await Should.ThrowAsync<OperationCanceledException>(Probe.Within(Grain.Wait("too late", source.Token)));
        Probe.Log.ShouldBe(["started running", "started after"]);
    }

    [Fact]
    public async Task Neither_side_of_a_call_sees_what_the_other_changes_later()
    {
        List<int> items = [1];
        Dictionary<string, int[]> more = new(StringComparer.Ordinal) { ["a"] = [5] };
        var call = Grain.Keep(items, more);
        items.Add(2);
        more["a"][0] = 6;
        var result = await Probe.Within(call);
        result.Add(3);
        (await Probe.Within(Grain.Kept())).ShouldBe("1 5 1,2");
    }

    [Fact]
    public async Task A_one_way_call_ends_before_the_callee_does_and_its_failure_disturbs_no_one()
    {
        await Probe.Within(Grain.Tell("told"));
        await Probe.Signaled("entered told");
        Probe.Open("told");
        (await Probe.Within(Grain.WhatFlows("nothing"))).ShouldBeNull();
    }

    [Fact]
    public async Task Request_context_flows_to_the_callee_and_never_back()
    {
        RequestContext.Set("trace", "t-1");
        (await Probe.Within(Grain.WhatFlows("trace"))).ShouldBe("t-1");
        (await Probe.Within(Grain.ForgetWhatFlows("trace"))).ShouldBeTrue();
        RequestContext.Get("trace").ShouldBe("t-1");
        RequestContext.Clear();
        (await Probe.Within(Grain.WhatFlows("trace"))).ShouldBeNull();
        (await Probe.Within(Grain.WhatFlows("left behind"))).ShouldBeNull();
    }

    [Fact]
    public async Task A_caller_waits_no_longer_than_the_methods_own_response_timeout()
    {
        await Probe.Within(Grain.WhatFlows("warm"));
        var slow = Grain.Slow("slow");
        _engine.Clock.Advance(TimeSpan.FromSeconds(4));
        slow.IsCompleted.ShouldBeFalse();
        _engine.Clock.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<TimeoutException>(Probe.Within(slow));
        Probe.Open("slow");
    }
}
