using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class GateConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly GateAddress Gate = new(Acme, "printer");

    [Fact]
    public async Task A_gate_lets_through_as_many_as_its_limit_in_fair_order_and_counts_them_until_they_end()
    {
        var epoch = await OpenEpochAsync();
        for (var tag = 4; tag >= 1; tag--)
        {
            await GatedAsync(max: 2, tag);
        }

        (await Store.Queue.TakeReadyAsync(epoch, 10, None)).ShouldBeEmpty("what waits before a gate is not ready");
        var passed = (await OpenAsync(epoch)).Released;

        passed.Select(job => (job.FairTag, job.OwnerEpoch, job.Hold)).ShouldBe([(1, epoch, (JobHold?)null), (2, epoch, null)]);
        foreach (var job in passed)
        {
            (await FindAsync(job)).Fence.ShouldBe(job.Fence, "what the opening answers is what the row says");
        }

        (await OpenAsync(epoch)).Released.ShouldBeEmpty("it is full");
        (await Store.Jobs.FinishAsync(Finished(passed[0]), None)).ShouldBeTrue();
        (await OpenAsync(epoch)).Released.ShouldHaveSingleItem().FairTag.ShouldBe(3);
    }

    [Fact]
    public async Task Many_openings_at_once_in_many_processes_never_let_too_many_through()
    {
        var epochs = new[] { await OpenEpochAsync(), await OpenEpochAsync(), await OpenEpochAsync() };
        for (var tag = 0; tag < 50; tag++)
        {
            await GatedAsync(max: 5, tag);
        }

        var openings = await Task.WhenAll(epochs.SelectMany(epoch => Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(epoch)))));

        var released = openings.SelectMany(opening => opening.Released).ToList();
        released.Count.ShouldBe(5);
        released.Select(job => job.Row.Id).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task A_failed_attempt_frees_its_place_and_stands_before_the_gate_again_when_it_is_due()
    {
        var epoch = await OpenEpochAsync();
        await GatedAsync(max: 1, tag: 1);
        await GatedAsync(max: 1, tag: 2);
        var first = (await OpenAsync(epoch)).Released.ShouldHaveSingleItem();
        (await Store.Jobs.RequeueAsync(Requeued(first), None)).ShouldBeTrue();
        var second = (await OpenAsync(epoch)).Released.ShouldHaveSingleItem();
        Time.Advance(TimeSpan.FromSeconds(6));

        var due = (await Store.Queue.TakeDueAsync(epoch, Now, 3, 10, None)).ShouldHaveSingleItem();

        (due.Row.Id, due.Hold, due.OwnerEpoch, due.WaitUntil, due.Row.StatusReason).ShouldBe((first.Row.Id, JobHold.Limit, null, null, StatusReasons.Limited));
        (await OpenAsync(epoch)).Released.ShouldBeEmpty();
        await Store.Jobs.FinishAsync(Finished(second), None);
        (await OpenAsync(epoch)).Released.ShouldHaveSingleItem().Row.Id.ShouldBe(first.Row.Id);
    }

    [Fact]
    public async Task A_place_behind_the_gate_outlives_its_owner_and_moves_with_the_job()
    {
        var (mine, other) = (await OpenEpochAsync(), await OpenEpochAsync());
        await GatedAsync(max: 1, tag: 1);
        await GatedAsync(max: 1, tag: 2);
        var passed = (await OpenAsync(mine)).Released.ShouldHaveSingleItem();

        (await Store.Queue.GiveBackAsync([passed.Fence], None)).ShouldBe(1);

        (await OpenAsync(other)).Released.ShouldBeEmpty("the place is taken, whoever owns the job");
        (await Store.Queue.TakeReadyAsync(other, 10, None)).ShouldHaveSingleItem().Row.Id.ShouldBe(passed.Row.Id);
    }

    [Fact]
    public async Task A_rate_lets_one_through_each_time_its_token_comes_and_says_when()
    {
        var epoch = await OpenEpochAsync();
        for (var tag = 1; tag <= 3; tag++)
        {
            await GatedAsync(max: 100, tag, perMinute: 6);
        }

        var first = await OpenAsync(epoch);
        (first.Released.Count, first.NextAt).ShouldBe((1, Now.AddSeconds(10)));
        Time.Advance(TimeSpan.FromSeconds(9));
        (await OpenAsync(epoch)).ShouldSatisfyAllConditions(one => one.Released.ShouldBeEmpty(), one => one.NextAt.ShouldBe(Now.AddSeconds(1)));
        Time.Advance(TimeSpan.FromSeconds(1));
        (await OpenAsync(epoch)).Released.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromHours(1));
        (await OpenAsync(epoch)).Released.Count.ShouldBe(1, "an idle hour saves up no burst");
    }

    [Fact]
    public async Task A_tenants_limit_counts_over_all_its_gates_and_over_no_other_tenants()
    {
        var epoch = await OpenEpochAsync();
        var limits = new GateLimits(2, null);
        await GatedAsync(max: 9, tag: 1);
        await GatedAsync(max: 9, tag: 2);
        await AdmitAsync(Gated(Job(), "", 3));
        await AdmitAsync(Gated(Job(Other), "", 3));
        (await OpenAsync(epoch, limits: limits)).Released.Count.ShouldBe(2);

        (await OpenAsync(epoch, new GateAddress(Acme, ""), limits)).Released.ShouldBeEmpty();
        (await OpenAsync(epoch, new GateAddress(Other, ""), limits)).Released.Count.ShouldBe(1);
        (await OpenAsync(epoch, new GateAddress(Acme, ""))).Released.Count.ShouldBe(1, "without a limit the gate stands open");
    }

    [Fact]
    public async Task Waiting_gates_are_found_without_walking_their_jobs_and_a_page_goes_on_behind_the_last()
    {
        foreach (var (tenant, key) in new[] { (Acme, ""), (Acme, "a"), (Acme, "a"), (Acme, "b"), (Other, "a") })
        {
            await AdmitAsync(Gated(Job(tenant), key, 1));
        }

        GateAddress[] all = [new(Acme, ""), new(Acme, "a"), new(Acme, "b"), new(Other, "a")];
        (await Store.Holds.WaitingGatesAsync(null, 10, None)).ShouldBe(all);
        (await Store.Holds.WaitingGatesAsync(null, 2, None)).ShouldBe(all[..2]);
        (await Store.Holds.WaitingGatesAsync(all[1], 10, None)).ShouldBe(all[2..]);
        (await Store.Holds.WaitingGatesOfAsync(Acme, 10, None)).ShouldBe(all[..3]);
    }

    [Fact]
    public async Task An_epoch_that_is_not_open_opens_no_gate_and_an_opening_keeps_to_its_limit()
    {
        var (open, closed) = (await OpenEpochAsync(), await OpenEpochAsync());
        await Store.Epochs.CloseAsync(closed, None);
        for (var tag = 1; tag <= 3; tag++)
        {
            await GatedAsync(max: 9, tag);
        }

        (await OpenAsync(closed)).Released.ShouldBeEmpty();
        var opening = await Store.Holds.OpenGateAsync(new GateVisit(Gate, default, new Taker(open, 0, Now), 2), None);
        (opening.Released.Count, opening.More).ShouldBe((2, true));
    }

    private Task<StoredJob> GatedAsync(int max, double tag, int? perMinute = null)
    {
        var job = Job();
        return AdmitAsync(Gated(job with { Row = job.Row with { Limit = new JobLimit("printer", max, perMinute) } }, "printer", tag));
    }

    private static StoredJob Gated(StoredJob job, string key, double tag) => job with { Hold = JobHold.Limit, GateKey = key, FairTag = tag };

    private Task<GateOpening> OpenAsync(long epoch, GateAddress? gate = null, GateLimits limits = default) =>
        Store.Holds.OpenGateAsync(new GateVisit(gate ?? Gate, limits, new Taker(epoch, 0, Now), 10), None);
}
