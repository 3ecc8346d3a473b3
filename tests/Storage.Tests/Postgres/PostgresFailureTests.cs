using System.Collections.Concurrent;
using System.Diagnostics;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres;
using JobForge.Storage.Postgres.Private;
using JobForge.Storage.Roles;
using JobForge.Storage.Tests.Conformance;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>What callers see when a row or the server is bad.</summary>
public sealed class PostgresFailureTests : StoreTest<PostgresFixture>
{
    // By its code, since a test runner that passes the text on would mend it.
    [Theory]
    [InlineData(0x0000)]
    [InlineData(0xD83D)]
    public async Task A_text_that_PostgreSQL_cannot_store_fails_its_own_call_and_no_neighbour(int code)
    {
        var bad = Job();
        bad = bad with { Row = bad.Row with { TraceId = "bad " + (char)code } };
        var good = Enumerable.Range(0, 20).Select(_ => Job()).ToArray();

        var failing = Task.Run(() => Store.Jobs.AdmitAsync([new NewJob { Job = bad }], None));
        await Task.WhenAll(good.Select(job => Task.Run(() => AdmitAsync(job))));

        await Should.ThrowAsync<StoreRejectedException>(failing);
        (await Store.Jobs.CountQueuedAsync(Acme, 100, None)).ShouldBe(20);
    }

    [Fact]
    public async Task One_job_ended_twice_in_one_batch_is_ended_once_and_both_callers_hear_so()
    {
        var jobs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AdmitAsync(Job())));

        var answers = await Task.WhenAll(jobs.Concat(jobs).Select(job => Task.Run(() => Store.Jobs.FinishAsync(Finished(job), None))));

        answers.ShouldAllBe(one => one);
        (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme, Limit = 100 }, None)).Items.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_closed_store_has_written_what_it_accepted_and_refuses_the_rest()
    {
        var jobs = Enumerable.Range(0, 200).Select(_ => Job()).ToArray();
        var admissions = jobs.Select(job => Store.Jobs.AdmitAsync([new NewJob { Job = job }], None)).ToArray();
        await Store.DisposeAsync();
        await Task.WhenAll(admissions);
        Should.Throw<ObjectDisposedException>(() => { _ = Store.Jobs.AdmitAsync([new NewJob { Job = Job() }], None); });

        await using var again = await Fixture.OpenAsync(Time);
        (await again.Jobs.CountQueuedAsync(Acme, 1_000, None)).ShouldBe(200);
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_its_turn_writes_nothing()
    {
        var job = Job();

        await Should.ThrowAsync<OperationCanceledException>(Store.Jobs.AdmitAsync([new NewJob { Job = job }], new CancellationToken(canceled: true)));

        (await Store.Jobs.FindAsync(Acme, job.Row.Id, None)).ShouldBeNull();
    }

    [Fact]
    public async Task When_the_server_breaks_down_under_load_callers_are_told_and_what_was_acknowledged_is_there_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory("jobforge-server-").FullName;
        try
        {
            await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Folder = folder });
            await using var store = await PostgresStore.OpenAsync(PostgresFixture.Options(server.ConnectionString()), Time, Ids);
            var epoch = await store.Epochs.OpenAsync("worker-1", Now, Now.AddHours(1), None);
            var load = new Load(store, () => Job(owner: epoch, key: Ids.Next().ToString("N")), job => Finished(job));
            var callers = Enumerable.Range(0, 16).Select(_ => Task.Run(load.RunAsync)).ToArray();
            await load.EndedAsync(200);

            await BreakDownAsync(server);
            await load.ToldAsync();
            await load.EndedAsync(200);
            load.Stop();
            await Task.WhenAll(callers);

            foreach (var job in load.Acknowledged)
            {
                (await store.Jobs.FindAsync(Acme, job.Row.Id, None)).ShouldNotBeNull().Row.Status.ShouldBe(JobStatus.Succeeded);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A backend that is killed takes all others with it: the server runs through its recovery and serves again on the same port.</summary>
    private static async Task BreakDownAsync(PrivateServer server)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        using var backend = Process.GetProcessById(connection.ProcessID);
        backend.Kill();
        await backend.WaitForExitAsync();
    }

    /// <summary>Callers that admit and end jobs, and go on when the store is unavailable.</summary>
    private sealed class Load(IStore store, Func<StoredJob> next, Func<StoredJob, FinishedRun> end)
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _ended = new(0);
        private volatile bool _stopped;

        public ConcurrentQueue<StoredJob> Acknowledged { get; } = new();

        public void Stop() => _stopped = true;

        public Task ToldAsync() => _told.Task.WaitAsync(TimeSpan.FromSeconds(30));

        /// <summary>Waits until so many more jobs have ended.</summary>
        public async Task EndedAsync(int more)
        {
            while (_ended.Wait(0, CancellationToken.None))
            {
                // Only those from here on count.
            }

            for (var i = 0; i < more; i++)
            {
                (await _ended.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
            }
        }

        public async Task RunAsync()
        {
            while (!_stopped)
            {
                try
                {
                    var job = next();
                    await store.Jobs.AdmitAsync([new NewJob { Job = job }], None);
                    if (await store.Jobs.FinishAsync(end(job), None))
                    {
                        Acknowledged.Enqueue(job);
                        _ended.Release();
                    }
                }
                catch (StoreUnavailableException)
                {
                    _told.TrySetResult();
                }
            }
        }
    }
}
