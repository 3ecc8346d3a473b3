using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Rows;
using JobForge.Storage.Tests.Conformance;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>Writers that meet in one database, on real connections.</summary>
public sealed class PostgresRaceTests : StoreTest<PostgresFixture>
{
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
    public async Task An_epoch_is_not_declared_dead_in_the_middle_of_an_admission_under_it()
    {
        var epoch = await OpenEpochAsync();
        var job = Job(owner: epoch, key: "k");
        var hash = new Guid(KeyHash.Of(Acme.Value, job.Row.TemplateKey, "k"), bigEndian: true);
        await using var outside = await Outside.BeginAsync(Fixture, $"INSERT INTO jobforge_idempotency_keys VALUES ('{hash}', '{Ids.Next()}', '{Ids.Next()}')");

        // The admission has found its epoch open, and now waits for the key that somebody else is about to claim.
        var admission = Task.Run(() => AdmitAsync(job));
        await outside.SeeWaitingAsync("transactionid", admission);
        var declaration = Task.Run(() => Store.Epochs.DeclareDeadAsync(Now.AddMinutes(1), None));
        await outside.SeeWaitingAsync("advisory", declaration);
        await outside.RollbackAsync();
        await admission;

        (await declaration).ShouldBe([epoch], "it owns a job by then");
        (await FindAsync(job)).Fence.ShouldBe(job.Fence, "the job has an owner that is known");
    }

    [Fact]
    public async Task An_epoch_is_not_inherited_in_the_middle_of_an_end_under_its_former_holder()
    {
        var (dead, heir) = (await OpenEpochAsync(), await Store.Epochs.OpenAsync("heir", Now, Now.AddHours(1), None));
        var (job, other) = (await AdmitAsync(Job(owner: dead)), await AdmitAsync(Job(owner: dead)));
        (await Store.Epochs.DeclareDeadAsync(Now.AddMinutes(1), None)).ShouldBe([dead]);
        await using var outside = await Outside.BeginAsync(Fixture, $"SELECT FROM jobforge_jobs WHERE id = '{job.Row.Id}' FOR UPDATE");

        // The end has found its fence whole, and now waits for the row, which somebody else looks at.
        var end = Task.Run(() => Store.Jobs.FinishAsync(Finished(job), None));
        await outside.SeeWaitingAsync("transactionid", end);
        var inheritance = Task.Run(() => Store.Epochs.InheritAsync(dead, heir, Now, Now, 10, None));
        await outside.SeeWaitingAsync("advisory", inheritance);
        await outside.RollbackAsync();

        (await end).ShouldBeTrue();
        (await inheritance).Held.ShouldBeTrue();
        (await Store.Queue.LoadOwnedAsync(dead, heir, QueuePosition.Start, 10, None)).ShouldHaveSingleItem().Row.Id.ShouldBe(other.Row.Id);
        (await Store.Jobs.FinishAsync(Finished(other), None)).ShouldBeFalse("it is the heir's");
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

    /// <summary>A transaction of somebody else, which holds on to what its statement locked.</summary>
    private sealed class Outside(PostgresFixture fixture, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public static async Task<Outside> BeginAsync(PostgresFixture fixture, string sql)
        {
            var connection = new NpgsqlConnection(await fixture.ConnectionStringAsync() + ";Pooling=false");
            await connection.OpenAsync();
            var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
            return new Outside(fixture, connection, transaction);
        }

        /// <summary>Returns when another session of this database waits for such a lock; fails when the act ends without having waited.</summary>
        public async Task SeeWaitingAsync(string lockType, Task act)
        {
            // Asked on another connection: within one transaction the list of sessions stays as it was at the first look.
            const string Waiting =
                """
                SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND datname = current_database() AND locktype =
                """;
            while ((long)(await fixture.QueryAsync($"{Waiting} '{lockType}'"))! == 0)
            {
                if (act.IsCompleted)
                {
                    // Its own failure says more.
                    await act;
                    Assert.Fail($"It should have waited for a lock ({lockType}).");
                }
            }
        }

        public Task RollbackAsync() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    /// <summary>A lane that went to sleep while it was woken again took the next batch twice: committed jobs were reported as refused.</summary>
    [Fact]
    public async Task A_lane_that_is_woken_while_it_goes_to_sleep_writes_nothing_twice()
    {
        var epoch = await OpenEpochAsync();
        var making = new Lock();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 150; i++)
            {
                StoredJob job;
                lock (making)
                {
                    job = Job(owner: epoch);
                }

                await AdmitAsync(job);
                (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();
            }
        })));

        (await Store.Jobs.CountQueuedAsync(Acme, 10, None)).ShouldBe(0);
    }
}
