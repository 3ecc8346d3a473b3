using JobForge.Runtime.Tests.Fixtures;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace JobForge.Runtime.Tests.Suite;

public sealed class Balance
{
    public int Amount { get; set; }
}

public interface IAccountGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task AddManyAtOnce(int count);

    Task<string> Look();

    Task Clear();

    Task<string> AddAndCatch(int amount);

    Task TouchStateElsewhere();
}

public interface IAuditorGrain : IGrainWithStringKey
{
    Task<int> Life();

    Task AddTo(string account, int amount);
}

public sealed class AccountGrain([PersistentState("account_balance")] IPersistentState<Balance> balance) : Grain, IAccountGrain
{
    public async Task<int> Add(int amount)
    {
        balance.State.Amount += amount;
        await balance.WriteStateAsync();
        return balance.State.Amount;
    }

    public Task AddManyAtOnce(int count)
    {
        return Task.WhenAll(Enumerable.Range(0, count).Select(_ => Add(1)));
    }

    public Task<string> Look() => Task.FromResult($"{balance.State.Amount} {balance.RecordExists}");

    public Task Clear() => balance.ClearStateAsync();

    public async Task<string> AddAndCatch(int amount)
    {
        try
        {
            await Add(amount);
            return "written";
        }
        catch (InconsistentStateException)
        {
            return $"conflict at {balance.State.Amount}";
        }
    }

    public async Task TouchStateElsewhere()
    {
        await Task.Run(() => balance.State.Amount);
    }
}

public sealed class AuditorGrain : Grain, IAuditorGrain
{
    private static int s_lives;
    private readonly int _life = Interlocked.Increment(ref s_lives);

    public Task<int> Life() => Task.FromResult(_life);

    public Task AddTo(string account, int amount) => GrainFactory.GetGrain<IAccountGrain>(account).Add(amount);
}

public sealed class PersistenceTests : IAsyncLifetime
{
    private EngineFixture _engine = null!;

    private IAccountGrain Account => _engine.Grains.GetGrain<IAccountGrain>("acme");

    public async ValueTask InitializeAsync() => _engine = await Engines.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task State_is_loaded_before_the_first_request_and_survives_a_restart()
    {
        (await Probe.Within(Account.Look())).ShouldBe("0 False");
        await Probe.Within(Account.Add(5));
        await _engine.StopAsync();
        await _engine.RestartAsync();
        (await Probe.Within(Account.Look())).ShouldBe("5 True");
    }

    [Fact]
    public async Task Writes_at_once_are_made_one_after_another_without_a_conflict()
    {
        await Probe.Within(Account.AddManyAtOnce(50));
        await _engine.DeactivateAsync(Account.GetGrainId());
        (await Probe.Within(Account.Look())).ShouldBe("50 True");
    }

    [Fact]
    public async Task An_etag_conflict_reaches_the_caller_and_drops_the_activation_where_it_arose_and_no_other()
    {
        var auditor = _engine.Grains.GetGrain<IAuditorGrain>("auditor");
        var life = await Probe.Within(auditor.Life());
        await Probe.Within(auditor.AddTo("acme", 5));
        _engine.TouchStateByOther("account_balance", Account.GetGrainId());
        await Should.ThrowAsync<InconsistentStateException>(Probe.Within(auditor.AddTo("acme", 100)));
        (await Probe.Within(Account.Look())).ShouldBe("5 True");
        (await Probe.Within(Account.Add(1))).ShouldBe(6);
        (await Probe.Within(auditor.Life())).ShouldBe(life);
    }

    [Fact]
    public async Task A_grain_that_catches_the_conflict_keeps_its_activation()
    {
        await Probe.Within(Account.Add(5));
        _engine.TouchStateByOther("account_balance", Account.GetGrainId());
        (await Probe.Within(Account.AddAndCatch(1))).ShouldBe("conflict at 6");
        (await Probe.Within(Account.AddAndCatch(1))).ShouldBe("conflict at 7");
    }

    [Fact]
    public async Task Clearing_gives_a_new_empty_state()
    {
        await Probe.Within(Account.Add(5));
        await Probe.Within(Account.Clear());
        (await Probe.Within(Account.Look())).ShouldBe("0 False");
        (await Probe.Within(Account.Add(2))).ShouldBe(2);
    }

    [Fact]
    public async Task State_cannot_be_touched_outside_of_the_grains_turns() =>
        await Should.ThrowAsync<InvalidOperationException>(Probe.Within(Account.TouchStateElsewhere()));
}
