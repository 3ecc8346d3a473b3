using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Handlers;

namespace JobForge.Corridor.Tests.Holds;

public sealed class ChildTests
{
    private static readonly JsonElement Inputs = JsonElement.Parse("{}");
    private static readonly JsonElement State = JsonElement.Parse("""{"step":2}""");

    [Fact]
    public async Task A_parent_waits_without_a_slot_and_runs_again_with_its_state_its_children_and_its_attempt()
    {
        // One slot: the children could never run if the parent kept it.
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        IReadOnlyList<ChildRun> seen = [];
        silo.Work.Body = async (context, cancel) =>
        {
            context.Log($"state {context.State?.GetRawText() ?? "none"}");
            if (context.State is null)
            {
                await context.WriteArtifactAsync("before.txt", "text", "text/plain", "before"u8.ToArray(), cancel);
                for (var i = 0; i < 3; i++)
                {
                    (await context.RequestJobAsync($"part-{i}", TestTemplates.Autopilot, Inputs)).Refusal.ShouldBeNull();
                }

                return HandlerResult.WaitForChildren(State);
            }

            seen = context.Children;
            await context.WriteArtifactAsync("after.txt", "text", "text/plain", "after"u8.ToArray(), cancel);
            return HandlerResult.Success(context.State.Value);
        };

        var parent = await silo.AdmitAsync();
        var ended = await silo.EndOfAsync(parent);

        (ended.Status, ended.Attempts, ended.Result!.Value.GetRawText()).ShouldBe((JobStatus.Succeeded, 1, State.GetRawText()));
        seen.Select(child => (child.Name, child.Status)).ShouldBe(Enumerable.Range(0, 3).Select(i => ($"part-{i}", JobStatus.Succeeded)));
        seen.ShouldAllBe(child => child.Result!.Value.GetRawText() == """{"ok":true}""");
        var lines = await silo.Read.LogsAsync(parent.TenantId, parent.Id, 0, 100, CancellationToken.None);
        lines.Select(line => line.Message).ShouldBe(["state none", """state {"step":2}"""], "both halves of the attempt keep their lines");
        (await silo.Read.ManifestAsync(parent.TenantId, parent.Id, CancellationToken.None))!.Outputs.Select(output => output.Name).ShouldBe(["before.txt", "after.txt"]);
        var child = await silo.Read.JobAsync(parent.TenantId, seen[0].Id, CancellationToken.None);
        (child!.ParentRunId, child.TraceId, child.Depth).ShouldBe((parent.Id, parent.TraceId, 1));
    }

    [Fact]
    public async Task A_parent_whose_children_ended_before_it_began_to_wait_is_not_stranded()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = async (context, _) =>
        {
            if (context.State is not null)
            {
                return ScriptedHandler.Done;
            }

            var child = (await context.RequestJobAsync("only", TestTemplates.Autopilot, Inputs)).Value!;
            await CorridorSilo.WaitUntilAsync(async () => (await silo.Read.JobAsync(context.TenantId, child.Id, CancellationToken.None))!.Status.IsFinal());
            return HandlerResult.WaitForChildren(State);
        };

        (await silo.EndOfAsync(await silo.AdmitAsync())).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task Many_parents_with_children_that_end_at_any_moment_all_come_to_their_end()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Work.Body = async (context, _) =>
        {
            if (context.State is not null)
            {
                return ScriptedHandler.Done;
            }

            await context.RequestJobAsync("one", TestTemplates.Autopilot, Inputs);
            await context.RequestJobAsync("two", TestTemplates.Autopilot, Inputs);
            return HandlerResult.WaitForChildren(State);
        };
        var parents = new List<JobRow>();
        for (var i = 0; i < 60; i++)
        {
            parents.Add(await silo.AdmitAsync());
        }

        foreach (var parent in parents)
        {
            (await silo.EndOfAsync(parent)).Status.ShouldBe(JobStatus.Succeeded);
        }
    }

    [Fact]
    public async Task A_repeated_attempt_finds_the_same_child_and_other_inputs_under_its_name_are_refused()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var ids = new List<Contracts.Ids.JobId>();
        Outcome<ChildRun>? other = null;
        silo.Work.Body = async (context, _) =>
        {
            ids.Add((await context.RequestJobAsync("part", TestTemplates.Autopilot, Inputs)).Value!.Id);
            if (context.Attempt == 1)
            {
                return HandlerResult.Retry("busy", "Again.");
            }

            other = await context.RequestJobAsync("part", TestTemplates.Autopilot, JsonElement.Parse("""{"other":true}"""));
            return ScriptedHandler.Done;
        };

        await silo.EndOfAsync(await silo.AdmitAsync());

        ids.Count.ShouldBe(2);
        ids[0].ShouldBe(ids[1]);
        other!.Refusal!.Code.ShouldBe(ErrorCode.Conflict);
    }

    [Fact]
    public async Task Children_pass_every_check_and_are_no_deeper_than_sixteen()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var refusals = new List<Refusal?>();
        silo.Work.Body = async (context, _) =>
        {
            var child = await context.RequestJobAsync("deeper", TestTemplates.Work, Inputs);
            if (child.IsRefused)
            {
                refusals.Add(child.Refusal);
                refusals.Add((await context.RequestJobAsync("off", TestTemplates.Disabled, Inputs)).Refusal);
                refusals.Add((await context.RequestJobAsync("not a name", TestTemplates.Work, Inputs)).Refusal);
            }

            return ScriptedHandler.Done;
        };

        await silo.AdmitAsync();
        await CorridorSilo.WaitUntilAsync(() => Task.FromResult(refusals.Count == 3));

        var jobs = (await silo.Read.JobsAsync(new JobQuery { TenantId = CorridorSilo.Acme }, CancellationToken.None)).Items;
        jobs.Select(job => job.Depth).ShouldBe(Enumerable.Range(0, 17).Reverse());
        refusals.Select(refusal => refusal!.Code).ShouldBe([ErrorCode.ValidationError, ErrorCode.TemplateDisabled, ErrorCode.ValidationError]);
    }

    [Fact]
    public async Task A_canceled_parent_takes_its_open_children_along()
    {
        await using var silo = await CorridorSilo.StartAsync();
        silo.Handlers[TestTemplates.Autopilot].Body = new Gate().Polite;
        silo.Work.Body = async (context, _) =>
        {
            await context.RequestJobAsync("runs", TestTemplates.Autopilot, Inputs);
            await context.RequestJobAsync("waits", TestTemplates.Autopilot, Inputs, new ChildOptions { RunAt = context.Time.GetUtcNow().AddHours(1) });
            return HandlerResult.WaitForChildren(State);
        };
        var parent = await silo.AdmitAsync();
        await silo.Handlers[TestTemplates.Autopilot].NextStartAsync();
        await silo.WaitForAsync(parent, row => row.StatusReason == StatusReasons.WaitingForChildren);

        (await silo.CancelAsync(parent)).Value!.Status.ShouldBe(JobStatus.Canceled);

        foreach (var child in await silo.Read.ChildrenAsync(parent.TenantId, parent.Id, 10, CancellationToken.None))
        {
            await CorridorSilo.WaitUntilAsync(async () => (await silo.Read.JobAsync(parent.TenantId, child.Id, CancellationToken.None))!.Status == JobStatus.Canceled);
        }
    }

    [Fact]
    public async Task A_parked_parent_survives_its_process_and_is_woken_by_the_next()
    {
        using var folder = new TempFolder();
        JobRow parent;
        TempFolder image;
        await using (var first = await CorridorSilo.StartAsync(folder: folder))
        {
            await first.FurnishAsync();
            first.Handlers[TestTemplates.Autopilot].Body = new Gate().Deaf;
            first.Work.Body = async (context, _) =>
            {
                await context.RequestJobAsync("part", TestTemplates.Autopilot, Inputs);
                return HandlerResult.WaitForChildren(State);
            };
            parent = await first.AdmitAsync();
            await first.WaitForAsync(parent, row => row.StatusReason == StatusReasons.WaitingForChildren);
            image = folder.CrashImage();
        }

        using (image)
        {
            await using var second = await CorridorSilo.StartAsync(CorridorSilo.Quick with { SweepEvery = TimeSpan.FromMilliseconds(100) }, folder: image, prepare: silo =>
                silo.Work.Body = (context, _) => Task.FromResult(HandlerResult.Success(context.State!.Value)));
            (await second.EndOfAsync(parent)).Result!.Value.GetRawText().ShouldBe(State.GetRawText());
        }
    }
}
