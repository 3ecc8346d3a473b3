using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Handlers;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Ops;

namespace JobForge.Tests.Handlers;

public sealed class OpsApplyTests
{
    private const string Two = """
        {"changeset_id":"change-123","operations":[
          {"op":"enable_template","template_key":"a"},
          {"op":"set_flag","flag":"events_enabled","value":false},
          {"op":"disable_template","template_key":"b"}]}
        """;

    [Fact]
    public async Task Operations_are_applied_in_order_with_their_values_before_and_after()
    {
        var control = new FakeControl { ["events_enabled"] = true, ["b"] = false };
        var context = Context(Two);
        var result = (await RunAsync(control, context)).ShouldSucceed();
        control.Calls.ShouldBe(["a=True", "events_enabled=False", "b=False"]);
        result.GetProperty("changeset_id").GetString().ShouldBe("change-123");
        result.GetProperty("applied").GetBoolean().ShouldBeTrue();
        result.GetProperty("change_log").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("subject")}:{entry.GetProperty("before")}>{entry.GetProperty("after")}:{entry.GetProperty("changed")}")
            .ShouldBe(["a:False>True:True", "events_enabled:True>False:True", "b:False>False:False"]);
        context.Artifacts.Keys.ShouldBe(["apply_report.json"]);
        context.Metrics["operations_changed"].ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_operation_rolls_back_what_went_before_in_reverse_and_touches_nothing_that_was_not_changed()
    {
        var control = new FakeControl { ["a"] = true, ["events_enabled"] = true, Refuses = "b" };
        var context = Context("""
            {"operations":[{"op":"disable_template","template_key":"a"},{"op":"set_flag","flag":"JOBFORGE_EVENTS_ENABLED","value":true},
             {"op":"enable_template","template_key":"c"},{"op":"enable_template","template_key":"b"},{"op":"enable_template","template_key":"d"}]}
            """);
        var error = (await RunAsync(control, context)).ShouldFailForGood();
        error.Message.ShouldStartWith("operations[3] (enable_template b) was refused: no such thing");
        control.Calls.ShouldBe(["a=False", "events_enabled=True", "c=True", "b=True", "c=False", "a=True"]);
        var report = System.Text.Json.JsonElement.Parse(context.Artifacts["apply_report.json"]);
        report.GetProperty("applied").GetBoolean().ShouldBeFalse();
        report.GetProperty("change_log").EnumerateArray().Select(entry => entry.GetProperty("status").GetString())
            .ShouldBe(["rolled_back", "rolled_back", "rolled_back", "refused", "not_reached"]);
    }

    [Fact]
    public async Task A_canceled_run_still_rolls_back()
    {
        using var cancel = new CancellationTokenSource();
        var control = new FakeControl { BeforeCall = (subject, token) => { if (subject == "events_enabled") { cancel.Cancel(); token.ThrowIfCancellationRequested(); } } };
        await Should.ThrowAsync<OperationCanceledException>(() => new OpsApplyHandler(control).ExecuteAsync(Context(Two), cancel.Token));
        control.Calls.ShouldBe(["a=True", "a=False"]);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_lists_what_would()
    {
        var control = new FakeControl();
        var result = (await RunAsync(control, Context("""{"dry_run":true,"operations":[{"op":"enable_template","template_key":"a"}]}"""))).ShouldSucceed();
        control.Calls.ShouldBeEmpty();
        result.GetProperty("applied").GetBoolean().ShouldBeFalse();
        result.GetProperty("change_log")[0].GetProperty("status").GetString().ShouldBe("planned");
    }

    [Theory]
    [InlineData("""[{"op":"enable_template","template_key":"a"},{"op":"drop_database"}]""", "operations[1]: op 'drop_database'")]
    [InlineData("""[{"op":"enable_template"}]""", "operations[0]: enable_template needs a template_key")]
    [InlineData("""[{"op":"enable_template","template_key":"a b"}]""", "operations[0]: enable_template needs a template_key")]
    [InlineData("""[{"op":"set_flag","flag":"no_such_flag","value":true}]""", "operations[0]: set_flag names the flag 'no_such_flag'")]
    [InlineData("""[{"op":"set_flag","flag":"events_enabled","value":"yes"}]""", "operations[0]: set_flag events_enabled needs a value")]
    [InlineData("""["enable_template"]""", "operations[0]: no object")]
    [InlineData("{}", "operations: give a list")]
    public async Task A_bad_operation_is_named_before_anything_is_done(string operations, string message)
    {
        var control = new FakeControl();
        (await RunAsync(control, Context($$"""{"operations":{{operations}}}"""))).ShouldFailForGood().Message.ShouldStartWith(message);
        control.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_contracts_sample_without_operations_succeeds_and_applies_nothing() =>
        (await RunAsync(new FakeControl(), Context("""{"changeset_id":"change-123"}"""))).ShouldSucceed().GetProperty("applied").GetBoolean().ShouldBeFalse();

    [Fact]
    public void Two_handlers_of_one_template_are_refused() =>
        Should.Throw<InvalidOperationException>(() => new HandlerRegistry([new OpsApplyHandler(new FakeControl()), new OpsApplyHandler(new FakeControl())]))
            .Message.ShouldContain("autopilot.ops.apply");

    private static Task<HandlerResult> RunAsync(FakeControl control, FakeJobContext context) =>
        new OpsApplyHandler(control).ExecuteAsync(context, TestContext.Current.CancellationToken);

    private static FakeJobContext Context(string inputs) => new("autopilot.ops.apply", inputs);

    private sealed class FakeControl : Dictionary<string, bool>, ITenantControl
    {
        public string? Refuses { get; init; }

        public Action<string, CancellationToken> BeforeCall { get; init; } = (_, _) => { };

        public List<string> Calls { get; } = [];

        public Task<Outcome<bool>> SetTemplateAsync(IJobContext run, string templateKey, bool enabled, CancellationToken cancel) => SetAsync(templateKey, enabled, cancel);

        public Task<Outcome<bool>> SetFlagAsync(IJobContext run, FeatureFlag flag, bool value, CancellationToken cancel) => SetAsync(flag.Word(), value, cancel);

        private Task<Outcome<bool>> SetAsync(string subject, bool value, CancellationToken cancel)
        {
            BeforeCall(subject, cancel);
            Calls.Add($"{subject}={value}");
            if (subject == Refuses)
            {
                return Task.FromResult<Outcome<bool>>(Refusal.NotFound("no such thing"));
            }

            var before = this.GetValueOrDefault(subject);
            this[subject] = value;
            return Task.FromResult<Outcome<bool>>(before);
        }
    }
}
