using System.Net;
using JobForge.Client;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Gateway.Tests.Doubles;

namespace JobForge.Gateway.Tests;

public sealed class LifeDoorTests
{
    [Fact]
    public async Task Why_answers_what_the_rule_says_and_names_no_other_tenants_job()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme);
        host.Rows.Jobs.Add(job);
        var mine = new JobForgeClient(host.Root, host.Key(ApiKeyRole.App));
        var theirs = new JobForgeClient(host.Root, host.Key(ApiKeyRole.App, GatewayHost.Rival));

        (await mine.WhyAsync(job.Id)).ShouldNotBeNull().Code.ShouldBe(WhyCodes.NoSlot);
        (await theirs.WhyAsync(job.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_tenants_admin_pauses_within_its_tenant_and_only_an_operator_a_template_for_all()
    {
        await using var host = await GatewayHost.StartAsync();
        var admin = new JobForgeClient(host.Root, host.Key(ApiKeyRole.TenantAdmin));
        var operators = new JobForgeClient(host.Root, host.Key(ApiKeyRole.Operator));

        (await admin.PauseAsync(new PauseRequest("a.b", "month end", "ada"))).TenantId.ShouldBe(new TenantId(GatewayHost.Acme));
        (await operators.PauseAsync(new PauseRequest("a.b", null, null))).TenantId.ShouldBeNull();
        (await Should.ThrowAsync<JobForgeException>(operators.PauseAsync(new PauseRequest(null, null, null)))).Status.ShouldBe(422);

        host.Grains.Pauses.Select(pause => (pause.Tenant?.Value, pause.TemplateKey, pause.Caller.ActorId)).ShouldBe([(GatewayHost.Acme, "a.b", "ada"), (null, "a.b", null)]);
    }

    [Fact]
    public async Task A_redrive_cannot_be_requested_through_the_door_of_jobs()
    {
        await using var host = await GatewayHost.StartAsync();
        var app = new JobForgeClient(host.Root, host.Key(ApiKeyRole.App));

        var refused = await Should.ThrowAsync<JobForgeException>(app.RequestJobAsync(new JobRequest { TenantId = new(GatewayHost.Acme), TemplateKey = RedriveRequest.TemplateKey }));

        refused.Status.ShouldBe(403);
    }

    [Fact]
    public async Task Dead_letters_are_listed_counted_and_tried_before_they_are_redriven()
    {
        await using var host = await GatewayHost.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            host.Rows.Jobs.Add(Sample.Job(GatewayHost.Acme, JobStatus.Failed));
        }

        host.Rows.DeadLetters.Add(new DeadLetterCount("autopilot.ops.scan", StatusReasons.Expired, 3));
        var client = new JobForgeClient(host.Root, host.Key(ApiKeyRole.TenantAdmin));
        var filter = new DeadLetterFilter { TenantId = new(GatewayHost.Acme), StatusReason = StatusReasons.Expired, ErrorCode = "expired", Attempts = 0, FromTime = Sample.Now };

        (await client.ListDeadLettersAsync(new DeadLetterQuery(filter, 10))).Items.Count.ShouldBe(FakeRows.PageSizeOfCursor);
        host.Rows.LastDeadLetters!.Filter.ShouldBe(filter);
        var counts = await client.CountDeadLettersAsync(filter);
        (counts.Total, counts.More).ShouldBe((3, false));
        var tried = await client.RedriveAsync(new RedriveRequest(filter, 10, 2, DryRun: true, null, null));
        (tried.DryRun, tried.Total, tried.More, tried.Job).ShouldBe((true, 2, true, null));
        host.Grains.Redrives.ShouldBeEmpty();
        var done = await client.RedriveAsync(new RedriveRequest(filter, 5, 100, DryRun: false, "fixed", "ada"));

        done.Job.ShouldNotBeNull();
        var command = host.Grains.Redrives.ShouldHaveSingleItem();
        (command.Request.Filter, command.Request.PerSecond, command.Request.Max, command.Caller.ActorId).ShouldBe((filter, 5, 100, "ada"));
    }

    [Fact]
    public async Task A_stream_sends_what_is_there_then_what_comes_and_ends_with_the_final_row()
    {
        await using var host = await GatewayHost.StartAsync(configure: options => options with { StreamPoll = TimeSpan.FromMilliseconds(5) });
        var job = Sample.Job(GatewayHost.Acme, JobStatus.Running);
        host.Rows.Jobs.Add(job);
        host.Rows.Lines.Add(new RunLogLine(5, 1, Sample.Now, "info", "first"));
        var client = new JobForgeClient(host.Root, host.Key(ApiKeyRole.App));
        var seen = new List<(string Type, long Id, string? Text)>();

        await foreach (var one in client.StreamRunAsync(job.Id))
        {
            seen.Add((one.Type, one.Id, one.Line?.Message ?? one.Progress?.Message ?? one.Job?.Status.Word()));
            if (one.Line is { Sequence: 5 })
            {
                host.Rows.Lines.Add(new RunLogLine(9, 1, Sample.Now, "info", "second"));
                host.Rows.Jobs[0] = job with { Status = JobStatus.Succeeded, Progress = new JobProgress(100, "all") };
            }
        }

        seen.ShouldBe([("status", 0, "running"), ("log", 5, "first"), ("status", 5, "succeeded"), ("progress", 5, "all"), ("log", 9, "second"), ("end", 9, "succeeded")]);
    }

    [Fact]
    public async Task A_listener_that_comes_back_with_its_last_id_misses_no_line_and_gets_none_twice()
    {
        await using var host = await GatewayHost.StartAsync();
        var job = Sample.Job(GatewayHost.Acme, JobStatus.Failed);
        host.Rows.Jobs.Add(job);
        host.Rows.Lines.AddRange([new(5, 1, Sample.Now, "info", "first"), new(9, 1, Sample.Now, "info", "second\nwith a break")]);
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.ReadAsync($"/v1/runs/{job.Id}/stream", ("Last-Event-ID", "5"));
        var bad = await client.ReadAsync($"/v1/runs/{job.Id}/stream", ("Last-Event-ID", "x"));

        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("text/event-stream");
        answer.Text.ShouldNotContain("first");
        answer.Text.ShouldContain("id: 9\nevent: log\ndata: {");
        answer.Text.TrimEnd().Split("\n\n")[^1].ShouldStartWith("id: 9\nevent: end\n");
        bad.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_tenant_has_only_so_many_streams_and_a_listener_that_leaves_gives_its_place_back()
    {
        await using var host = await GatewayHost.StartAsync(configure: options => options with { StreamsPerTenant = 1, StreamPoll = TimeSpan.FromMilliseconds(5), StreamHeartbeat = TimeSpan.Zero });
        var job = Sample.Job(GatewayHost.Acme, JobStatus.Running);
        host.Rows.Jobs.Add(job);
        using var client = host.Client(ApiKeyRole.App);
        using (var open = await client.GetAsync(new Uri($"/v1/runs/{job.Id}/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await open.Content.ReadAsStreamAsync());
            string? line;
            while ((line = await reader.ReadLineAsync()) is not ": still there")
            {
                line.ShouldNotBeNull("a heartbeat comes");
            }

            (await client.ReadAsync($"/v1/runs/{job.Id}/stream")).Code.ShouldBe("RATE_LIMITED");
        }

        host.Rows.Jobs[0] = job with { Status = JobStatus.Succeeded };
        Answer? next = null;
        while (next?.Status != HttpStatusCode.OK)
        {
            next = await client.ReadAsync($"/v1/runs/{job.Id}/stream");
        }

        next.Text.ShouldContain("event: end");
    }

    [Fact]
    public async Task A_malformed_item_of_a_batch_hears_of_a_switched_off_template_before_its_fault()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Templates.Add(Sample.Template("autopilot.off", enabled: false));
        host.Rows.Templates.Add(Sample.Template("autopilot.on"));
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.SendAsync("/v1/jobs:batch", """{"jobs":[{"template_key":"autopilot.off","priority":99},{"template_key":"autopilot.on","priority":99}]}""");

        answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("error").GetProperty("code").GetString()).ShouldBe(["TEMPLATE_DISABLED", "VALIDATION_ERROR"]);
    }
}
