using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class UpkeepConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly Retention Week = new() { FinishedJobs = TimeSpan.FromDays(7), Events = TimeSpan.FromDays(7), AuditLogs = TimeSpan.FromDays(7) };

    [Fact]
    public async Task What_is_past_its_retention_goes_with_all_that_belongs_to_it_and_the_rest_stays()
    {
        var (oldJob, oldEvent) = await WriteAsync("old");
        await MoveOnAsync(TimeSpan.FromDays(6));
        var (keptJob, keptEvent) = await WriteAsync("kept");
        await TrimAsync(Week);
        (await Store.Read.JobAsync(Acme, oldJob.Row.Id, None)).ShouldNotBeNull("it is six days old");

        await MoveOnAsync(TimeSpan.FromDays(4));
        await TrimAsync(Week);

        (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme }, None)).Items.ShouldHaveSingleItem().Id.ShouldBe(keptJob.Row.Id);
        (await Store.Read.ManifestAsync(Acme, oldJob.Row.Id, None)).ShouldBeNull();
        (await Store.Read.LogsAsync(Acme, oldJob.Row.Id, 0, 10, None)).ShouldBeEmpty();
        (await Store.Read.LogsAsync(Acme, keptJob.Row.Id, 0, 10, None)).Count.ShouldBe(1);
        (await Store.Read.EventsAsync(new EventQuery { TenantId = Acme }, None)).Items.ShouldHaveSingleItem().Id.ShouldBe(keptEvent.Id);
        (await Store.Read.EventAsync(Acme, oldEvent.Id, None)).ShouldBeNull();
        (await Store.Read.AuditAsync(new AuditQuery(), None)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_keys_of_what_went_are_free_again_and_those_of_the_rest_are_not()
    {
        await WriteAsync("old");
        await MoveOnAsync(TimeSpan.FromDays(8));
        var (keptJob, keptEvent) = await WriteAsync("kept");
        await MoveOnAsync(TimeSpan.FromDays(2));
        await TrimAsync(Week);

        (await Store.Jobs.AdmitAsync([new NewJob { Job = Job(key: "old") }, new NewJob { Job = Job(key: "kept") }], None)).Select(one => one.Kind)
            .ShouldBe([AdmissionKind.Admitted, AdmissionKind.Existing]);
        var repeated = await Store.Events.AppendAsync([Event("old"), Event("kept"), Event("old")], None);
        repeated.Select(one => one.Kind).ShouldBe([EventAppendKind.Stored, EventAppendKind.Duplicate, EventAppendKind.Duplicate]);
        repeated[1].Event.Id.ShouldBe(keptEvent.Id);
        (await Store.Jobs.FindAsync(Acme, keptJob.Row.Id, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Open_jobs_and_what_has_no_retention_are_kept_whatever_their_age()
    {
        var open = await AdmitAsync(Job());
        var (job, _) = await WriteAsync("any");
        await MoveOnAsync(TimeSpan.FromDays(400));
        await TrimAsync(new Retention { Events = TimeSpan.FromDays(1) });

        (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme }, None)).Items.Select(row => row.Id).ShouldBe([job.Row.Id, open.Row.Id]);
        (await Store.Read.AuditAsync(new AuditQuery(), None)).Items.Count.ShouldBe(1);
        (await Store.Read.EventsAsync(new EventQuery { TenantId = Acme }, None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keeping_room_ahead_can_be_done_by_many_at_once_and_over_again()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.Upkeep.EnsureAheadAsync(Now.AddDays(30), None)));
        await Store.Upkeep.EnsureAheadAsync(Now.AddDays(30), None);
        // A row of a day without room waits for it.
        Time.Advance(TimeSpan.FromDays(60));
        var (job, _) = await WriteAsync("late");
        await Store.Upkeep.EnsureAheadAsync(Now, None);

        (await Store.Read.JobAsync(Acme, job.Row.Id, None)).ShouldNotBeNull();
    }

    private async Task<(StoredJob Job, EventRow Event)> WriteAsync(string key)
    {
        var job = await AdmitAsync(Job(owner: await OpenEpochAsync(), key: key));
        await Store.RunLogs.AppendAsync(Acme, job.Row.Id, job.OwnerEpoch!.Value, [new RunLogLine(1, 1, Now, "info", "hello")], None);
        (await Store.Jobs.FinishAsync(Finished(job), None)).ShouldBeTrue();
        await Store.Audit.AppendAsync([Audit(Acme)], None);
        return (job, (await Store.Events.AppendAsync([Event(key)], None))[0].Event);
    }

    private NewEvent Event(string key)
    {
        var row = new EventRow
        {
            Id = new(Ids.Next()),
            TenantId = Acme,
            EventVersion = "1.0",
            EventType = "infrastructure.alert",
            OccurredAt = Now,
            ReceivedAt = Now,
            TraceId = "trace-1",
            SourceApp = "ops",
            Payload = JsonElement.Parse("{}"),
            CreatedAt = Now,
        };
        return new NewEvent(row, "digest", key, UniqueByContent: false);
    }

    private async Task MoveOnAsync(TimeSpan span)
    {
        Time.Advance(span);
        await Store.Upkeep.EnsureAheadAsync(Now, None);
    }

    private async Task TrimAsync(Retention retention)
    {
        var rounds = 0;
        while (await Store.Upkeep.TrimAsync(retention, Now, None))
        {
            (++rounds).ShouldBeLessThan(1_000, "it must come to an end");
        }
    }
}
