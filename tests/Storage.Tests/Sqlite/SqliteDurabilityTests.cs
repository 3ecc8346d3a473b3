using System.Collections.Concurrent;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Sqlite;

public sealed class SqliteDurabilityTests : StoreTest<SqliteFixture>
{
    [Fact]
    public async Task Everything_acknowledged_is_there_after_the_process_was_killed_at_any_moment()
    {
        // Without a checkpoint the log only grows, so that a copy of a growing file is a state that a kill can leave behind.
        var original = new SqliteStoreOptions { Path = Path.Combine(Fixture.Folder, "killed.db"), CheckpointPages = int.MaxValue };
        await using var store = await SqliteStore.OpenAsync(original, Time, Ids);
        var epoch = await store.Epochs.OpenAsync("worker-1", Now, Now.AddSeconds(10), None);
        var acknowledged = new ConcurrentQueue<StoredJob>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var job = Job(owner: epoch, key: Ids.Next().ToString("N"));
                await store.Jobs.AdmitAsync([new NewJob { Job = job }], None);
                (await store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();
                acknowledged.Enqueue(job);
                if (acknowledged.Count >= 300)
                {
                    enough.TrySetResult();
                }
            }
        })).ToArray();

        await await Task.WhenAny(enough.Task, Task.WhenAll(writers));
        var sure = acknowledged.ToArray();
        var copy = original with { Path = Path.Combine(Fixture.Folder, "copy.db") };
        CopyWhileWritten(original.Path, copy.Path);
        CopyWhileWritten(original.Path + "-wal", copy.Path + "-wal");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        await using var survivor = await SqliteStore.OpenAsync(copy, Time, Ids);
        sure.Length.ShouldBeGreaterThanOrEqualTo(300);
        foreach (var job in sure)
        {
            (await survivor.Read.JobAsync(Acme, job.Row.Id, None)).ShouldNotBeNull().Status.ShouldBe(JobStatus.Succeeded);
        }
    }

    [Fact]
    public async Task A_reopened_store_declares_the_earlier_epochs_dead_so_that_their_jobs_are_taken_over_at_once()
    {
        var earlier = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: earlier));
        await Store.DisposeAsync();

        await using var again = await Fixture.OpenAsync(Time);
        var heir = await again.Epochs.OpenAsync("heir", Now, Now.AddSeconds(10), None);

        (await again.Epochs.DeclareDeadAsync(Now, None)).ShouldBe([earlier]);
        (await again.Epochs.InheritAsync(earlier, heir, Now, Now, 10, None)).Held.ShouldBeTrue();
        (await again.Queue.LoadOwnedAsync(earlier, heir, QueuePosition.Start, 10, None)).ShouldHaveSingleItem().Row.Id.ShouldBe(job.Row.Id);
    }

    [Fact]
    public async Task A_second_store_on_the_same_file_is_refused_until_the_first_is_closed()
    {
        (await Should.ThrowAsync<StoreInUseException>(Fixture.OpenAsync(Time))).Message.ShouldContain(Fixture.DatabasePath);

        await Store.DisposeAsync();
        await (await Fixture.OpenAsync(Time)).DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_is_an_unavailable_store_with_nothing_half_done()
    {
        var job = Job(inputs: $$"""{"text":"{{new string('x', 5_000_000)}}"}""");
        await using var full = await OpenBoundedAsync(pages: 200);

        await Should.ThrowAsync<StoreUnavailableException>(full.Jobs.AdmitAsync([new NewJob { Job = Job() }, new NewJob { Job = job }], None));

        (await full.Read.JobsAsync(new JobQuery { TenantId = Acme }, None)).Items.ShouldBeEmpty();
        (await full.Jobs.AdmitAsync([new NewJob { Job = Job() }], None))[0].Kind.ShouldBe(AdmissionKind.Admitted, "it serves again once there is room");
    }

    [Fact]
    public async Task A_lock_held_from_outside_past_the_timeout_is_an_unavailable_store()
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(Fixture.Folder, "busy.db"), BusyTimeout = TimeSpan.FromMilliseconds(20) }, Time, Ids);
        using var outside = JobForge.Storage.Sqlite.Engine.SqliteSession.Open(Path.Combine(Fixture.Folder, "busy.db"), readOnly: false, TimeSpan.Zero);
        outside.Script("BEGIN IMMEDIATE");

        await Should.ThrowAsync<StoreUnavailableException>(store.Jobs.AdmitAsync([new NewJob { Job = Job() }], None));

        outside.Script("COMMIT");
        (await store.Jobs.AdmitAsync([new NewJob { Job = Job() }], None))[0].Kind.ShouldBe(AdmissionKind.Admitted);
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

    private async Task<SqliteStore> OpenBoundedAsync(int pages)
    {
        var options = new SqliteStoreOptions { Path = Path.Combine(Fixture.Folder, "full.db"), MaxPages = pages };
        return await SqliteStore.OpenAsync(options, Time, Ids);
    }

    private static void CopyWhileWritten(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.Create(to);
        source.CopyTo(target);
    }
}
