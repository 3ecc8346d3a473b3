using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Runtime;

namespace JobForge.Runtime.Tests.Suite;

public interface IChainGrain : IGrainWithStringKey
{
    Task<string> CallBackVia(string other, bool isAllowed);

    Task<string> CallBack(string origin);

    Task<string> Answer();
}

public sealed class ChainGrain(Probe probe) : Grain, IChainGrain
{
    public async Task<string> CallBackVia(string other, bool isAllowed)
    {
        using var section = isAllowed ? RequestContext.AllowCallChainReentrancy() : RequestContext.SuppressCallChainReentrancy();
        return await GrainFactory.GetGrain<IChainGrain>(other).CallBack(this.GetPrimaryKeyString());
    }

    public async Task<string> CallBack(string origin)
    {
        probe.Signal("calling back");
        return await GrainFactory.GetGrain<IChainGrain>(origin).Answer();
    }

    public Task<string> Answer() => Task.FromResult("answer of " + this.GetPrimaryKeyString());
}

public sealed class ReentrancyTests : IAsyncLifetime
{
    private EngineFixture _engine = null!;

    private Probe Probe => _engine.Probe;

    private IChainGrain A => _engine.Grains.GetGrain<IChainGrain>("A");

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_call_that_comes_back_waits_until_the_response_timeout()
    {
        var call = A.CallBackVia("B", isAllowed: false);
        await Probe.Signaled("calling back");
        _engine.Clock.Advance(TimeSpan.FromSeconds(32));
        await Should.ThrowAsync<TimeoutException>(Probe.Within(call));
        (await Probe.Within(A.Answer())).ShouldBe("answer of A");
    }

    [Fact]
    public async Task A_call_that_comes_back_into_an_open_section_runs_at_once()
    {
        (await Probe.Within(A.CallBackVia("B", isAllowed: true))).ShouldBe("answer of A");
    }

    [Fact]
    public async Task A_section_lets_in_only_its_own_chain()
    {
        var call = A.CallBackVia("B", isAllowed: false);
        await Probe.Signaled("calling back");
        using (RequestContext.AllowCallChainReentrancy())
        {
            var foreign = A.Answer();
            _engine.Clock.Advance(TimeSpan.FromSeconds(32));
            await Should.ThrowAsync<TimeoutException>(Probe.Within(call));
            await Should.ThrowAsync<TimeoutException>(Probe.Within(foreign));
        }
    }
}
