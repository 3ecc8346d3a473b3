using JobForge.Storage.Roles;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>Writers that meet in one database, on real connections, many rounds each.</summary>
public sealed class PostgresRaceTests : StoreTest<PostgresFixture>
{
    private const int Rounds = 60;

    [Fact]
    public async Task Two_lanes_with_the_same_keys_in_opposite_order_make_one_job_a_key()
    {
        for (var round = 0; round < 10; round++)
        {
            // Each call fills a batch of its own, so that both lanes write at once.
            var keys = Enumerable.Range(0, 600).Select(one => $"{round}-{one}").ToArray();
            var admissions = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(caller => Task.Run(() => Store.Jobs.AdmitAsync(Keyed(caller % 2 == 0 ? keys : keys.Reverse()), None))));

            admissions.SelectMany(one => one).Count(one => one.Kind == AdmissionKind.Admitted).ShouldBe(keys.Length);
            admissions.SelectMany(one => one).Select(one => one.Job!.Id).Distinct().Count().ShouldBe(keys.Length);
        }
    }

    [Fact]
    public async Task No_job_appears_under_an_epoch_that_was_declared_dead()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var epoch = await OpenEpochAsync();
            var jobs = Enumerable.Range(0, 12).Select(_ => Job(owner: epoch)).ToArray();
            var admissions = jobs.Select(job => Task.Run(() => AdmitAsync(job))).ToArray();
            await Task.WhenAny(admissions);

            // What owns nothing at its end is forgotten, so a job that came later would name an epoch that nobody knows.
            await Store.Epochs.DeclareDeadAsync(Now.AddMinutes(1), None);
            var owned = await OwnedAsync(epoch);
            await Task.WhenAll(admissions);

            (await OwnedAsync(epoch)).ShouldBe(owned, "an admission that is answered after the declaration owns nothing");
            await SettleAsync(epoch);
        }
    }

    [Fact]
    public async Task A_job_ends_either_under_its_former_holder_or_under_its_heir()
    {
        var both = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (dead, heir) = (await OpenEpochAsync(), await Store.Epochs.OpenAsync("heir", Now, Now.AddHours(1), None));
            var jobs = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AdmitAsync(Job(owner: dead))));
            await Store.Epochs.DeclareDeadAsync(Now.AddMinutes(1), None);

            var ends = jobs.Select(job => Task.Run(() => Store.Jobs.FinishAsync(Finished(job), None))).ToArray();
            await Task.WhenAny(ends);
            (await Store.Epochs.InheritAsync(dead, heir, Now, Now, 100, None)).Held.ShouldBeTrue();
            var inherited = await Store.Queue.LoadOwnedAsync(dead, heir, QueuePosition.Start, 100, None);
            var ended = jobs.Zip(await Task.WhenAll(ends)).Where(one => one.Second).Select(one => one.First.Row.Id).ToHashSet();

            inherited.Select(job => job.Row.Id).Concat(ended).Order(Comparer<Contracts.Ids.JobId>.Create((a, b) => a.Value.CompareTo(b.Value)))
                .ShouldBe(jobs.Select(job => job.Row.Id).Order(Comparer<Contracts.Ids.JobId>.Create((a, b) => a.Value.CompareTo(b.Value))), "each once");
            foreach (var job in inherited)
            {
                (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();
            }

            both += inherited.Count > 0 && ended.Count > 0 ? 1 : 0;
            await SettleAsync(heir);
        }

        both.ShouldBeGreaterThan(0, "else no round was a race");
    }

    [Fact]
    public async Task Admissions_with_tokens_and_without_share_batches_and_each_token_starts_one_job()
    {
        var calls = Enumerable.Range(0, 120).Select(one => new NewJob
        {
            Job = Job(key: $"key-{one % 40}"),
            TokenUse = one % 3 == 0 ? new TokenUse($"token-{one % 8}", "digest", null) : null,
            Audit = one % 5 == 0 ? Audit(Acme) : null,
        }).ToArray();

        var admissions = (await Task.WhenAll(calls.Select(call => Task.Run(() => Store.Jobs.AdmitAsync([call], None))))).Select(one => one[0]).ToArray();

        var admitted = calls.Zip(admissions).Where(one => one.Second.Kind == AdmissionKind.Admitted).Select(one => one.First).ToArray();
        admitted.Select(one => one.TokenUse?.TokenId).OfType<string>().ShouldBeUnique(StringComparer.Ordinal);
        admitted.Select(one => one.Job.Row.IdempotencyKey).ShouldBeUnique(StringComparer.Ordinal);
        (await Store.Jobs.CountQueuedAsync(Acme, 1_000, None)).ShouldBe(admitted.Length);
        (await Store.Read.AuditAsync(new Contracts.Audit.AuditQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(admitted.Count(one => one.Audit is not null));
        admissions.Where(one => one.Kind == AdmissionKind.Existing).ShouldAllBe(one => one.Job != null, "the job that an answer names is there");
    }

    private IReadOnlyList<NewJob> Keyed(IEnumerable<string> keys) => [.. keys.Select(key => new NewJob { Job = Job(key: key) })];

    private async Task<long> OwnedAsync(long epoch) =>
        (long)(await Fixture.QueryAsync($"SELECT count(*) FROM jobforge_jobs WHERE owner_epoch = {epoch}"))!;

    /// <summary>Leaves nothing of a round to the next.</summary>
    private async Task SettleAsync(long epoch)
    {
        await Fixture.QueryAsync($"DELETE FROM jobforge_jobs; SELECT 1");
        await Store.Epochs.CloseAsync(epoch, None);
    }
}
