using JobForge.Contracts.Audit;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;

namespace JobForge.Storage.Tests.Conformance;

public abstract class ReadModelConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Paging_jobs_meets_every_one_once_while_others_come_in_and_move_to_history()
    {
        var epoch = await OpenEpochAsync();
        var jobs = new List<StoredJob>();
        for (var i = 0; i < 23; i++)
        {
            jobs.Add(await AdmitAsync(Job(owner: epoch)));
            await AdmitAsync(Job(Other));
        }

        foreach (var job in jobs.Where((_, index) => index % 3 == 0))
        {
            await Store.Jobs.FinishAsync(Finished(job), None);
        }

        var met = new List<JobRow>();
        string? cursor = null;
        do
        {
            var page = await Store.Read.JobsAsync(new JobQuery { TenantId = Acme, Limit = 5, Cursor = cursor }, None);
            met.AddRange(page.Items);
            cursor = page.NextCursor;
            await AdmitAsync(Job());
            await Store.Jobs.FinishAsync(Finished(jobs[met.Count % 23]), None);
        }
        while (cursor is not null);

        met.Select(row => row.Id).ShouldBe(jobs.Select(job => job.Row.Id).Reverse());
    }

    [Fact]
    public async Task Jobs_are_filtered_by_status_template_project_and_trace()
    {
        var epoch = await OpenEpochAsync();
        var failed = await AdmitAsync(Job(owner: epoch));
        await Store.Jobs.FinishAsync(Finished(failed, JobStatus.Failed), None);
        var special = Job();
        special = await AdmitAsync(special with { Row = special.Row with { TemplateKey = "keys.usage.aggregate", ProjectId = "p", TraceId = "t" } });
        var plain = await AdmitAsync(Job());

        async Task<JobId[]> Find(JobQuery query) => [.. (await Store.Read.JobsAsync(query, None)).Items.Select(row => row.Id)];
        var all = new JobQuery { TenantId = Acme };

        (await Find(all with { Statuses = [JobStatus.Failed] })).ShouldBe([failed.Row.Id]);
        (await Find(all with { Statuses = [JobStatus.Queued] })).ShouldBe([plain.Row.Id, special.Row.Id]);
        (await Find(all with { Statuses = [JobStatus.Queued, JobStatus.Failed] })).Length.ShouldBe(3);
        (await Find(all with { TemplateKey = "keys.usage.aggregate" })).ShouldBe([special.Row.Id]);
        (await Find(all with { ProjectId = "p" })).ShouldBe([special.Row.Id]);
        (await Find(all with { TraceId = "t" })).ShouldBe([special.Row.Id]);
    }

    [Fact]
    public async Task No_read_answers_a_row_of_another_tenant()
    {
        var open = await AdmitAsync(Job(owner: await OpenEpochAsync()));
        var finished = await AdmitAsync(Job());
        await Store.RunLogs.AppendAsync(Acme, open.Row.Id, open.OwnerEpoch!.Value, [new RunLogLine(1, 1, Now, "info", "hello")], None);
        await Store.Jobs.RequeueAsync(Requeued(open), None);
        await Store.Jobs.FinishAsync(Finished(finished), None);
        await Store.Audit.AppendAsync([Audit(Acme), Audit(null)], None);

        foreach (var id in (JobId[])[open.Row.Id, finished.Row.Id])
        {
            (await Store.Read.JobAsync(Other, id, None)).ShouldBeNull();
            (await Store.Jobs.FindAsync(Other, id, None)).ShouldBeNull();
            (await Store.Read.ManifestAsync(Other, id, None)).ShouldBeNull();
            (await Store.Read.AttemptsAsync(Other, id, None)).ShouldBeEmpty();
            (await Store.Read.LogsAsync(Other, id, 0, 10, None)).ShouldBeEmpty();
        }

        (await Store.Read.JobsAsync(new JobQuery { TenantId = Other }, None)).Items.ShouldBeEmpty();
        (await Store.Read.AuditAsync(new AuditQuery { TenantId = Other }, None)).Items.ShouldBeEmpty();
        (await Store.Read.AuditAsync(new AuditQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(1);
        (await Store.Read.AuditAsync(new AuditQuery(), None)).Items.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("eAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cursor_that_was_not_made_here_is_refused(string cursor)
    {
        await Should.ThrowAsync<FormatException>(() => Store.Read.JobsAsync(new JobQuery { TenantId = Acme, Cursor = cursor }, None));
        await Should.ThrowAsync<FormatException>(() => Store.Read.EventsAsync(new EventQuery { TenantId = Acme, Cursor = cursor }, None));
        await Should.ThrowAsync<FormatException>(() => Store.Read.AuditAsync(new AuditQuery { TenantId = Acme, Cursor = cursor }, None));
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        await AdmitAsync(Job());
        await AdmitAsync(Job());
        var cursor = (await Store.Read.JobsAsync(new JobQuery { TenantId = Acme, Limit = 1 }, None)).NextCursor;

        await Should.ThrowAsync<FormatException>(() => Store.Read.EventsAsync(new EventQuery { TenantId = Acme, Cursor = cursor.ShouldNotBeNull() }, None));
    }

    [Fact]
    public async Task Log_lines_come_back_in_order_and_a_repeated_append_changes_nothing()
    {
        var epoch = await OpenEpochAsync();
        var job = await AdmitAsync(Job(owner: epoch));
        RunLogLine[] lines = [new(1, 1, Now, "info", "one"), new(2, 1, Now, "warn", "two"), new(3, 2, Now, "info", "three")];
        await Store.RunLogs.AppendAsync(Acme, job.Row.Id, epoch, lines, None);
        await Store.RunLogs.AppendAsync(Acme, job.Row.Id, epoch, [lines[1] with { Message = "changed" }], None);

        (await Store.Read.LogsAsync(Acme, job.Row.Id, 0, 10, None)).ShouldBe(lines);
        (await Store.Read.LogsAsync(Acme, job.Row.Id, 1, 1, None)).ShouldBe([lines[1]]);
    }

    [Fact]
    public async Task Log_lines_of_a_run_that_was_lost_are_dropped_and_those_of_its_heir_are_kept()
    {
        var (lost, heir) = (await OpenEpochAsync(), await OpenEpochAsync());
        var job = await AdmitAsync(Job(owner: lost));
        await Store.Epochs.CloseAsync(lost, None);
        (await Store.Epochs.InheritAsync(lost, heir, Now, Now, 10, None)).Held.ShouldBeTrue();
        RunLogLine late = new(1, 1, Now, "info", "late"), good = new(2, 1, Now, "info", "good");

        await Store.RunLogs.AppendAsync(Acme, job.Row.Id, lost, [late], None);
        await Store.RunLogs.AppendAsync(Acme, job.Row.Id, heir, [good], None);

        (await Store.Read.LogsAsync(Acme, job.Row.Id, 0, 10, None)).ShouldBe([good]);
    }

    [Fact]
    public async Task Audit_rows_are_filtered_and_paged_newest_first()
    {
        var entries = new List<AuditEntry>();
        for (var i = 0; i < 7; i++)
        {
            entries.Add(Audit(Acme, i % 2 == 0 ? AuditActions.FlagChange : AuditActions.PolicyCheck, allowed: i != 3));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        await Store.Audit.AppendAsync(entries, None);
        var query = new AuditQuery { TenantId = Acme, Limit = 4 };

        var first = await Store.Read.AuditAsync(query, None);
        var second = await Store.Read.AuditAsync(query with { Cursor = first.NextCursor }, None);
        first.Items.Concat(second.Items).Select(one => one.Id).ShouldBe(entries.Select(one => one.Id).Reverse());
        second.NextCursor.ShouldBeNull();
        (await Store.Read.AuditAsync(query with { Action = AuditActions.PolicyCheck }, None)).Items.Count.ShouldBe(3);
        (await Store.Read.AuditAsync(query with { Allowed = false }, None)).Items.ShouldHaveSingleItem().Id.ShouldBe(entries[3].Id);
        (await Store.Read.AuditAsync(query with { FromTime = entries[2].CreatedAt, ToTime = entries[4].CreatedAt }, None)).Items.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_store_says_that_it_answers() => (await Store.Read.PingAsync(None)).ShouldBeTrue();
}
