using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Jobs;
using JobForge.Corridor.Tests.Fixtures;
using JobForge.Grains.Interfaces;

namespace JobForge.Corridor.Tests.Admit;

/// <summary>Who switches what for whom, and that a switch touches admission only.</summary>
public sealed class FlagTests
{
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public async Task A_feature_is_on_for_a_tenant_only_when_neither_it_nor_the_cluster_switched_it_off(bool cluster, bool tenant, bool on)
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.SetFlagAsync(FeatureFlag.AutopilotJobsEnabled, cluster);
        await silo.SetFlagAsync(FeatureFlag.AutopilotJobsEnabled, tenant, CorridorSilo.Acme);

        var acme = await silo.RequestAsync(silo.Request(TestTemplates.Autopilot));
        var rival = await silo.RequestAsync(silo.Request(TestTemplates.Autopilot) with { TenantId = CorridorSilo.Rival });

        acme.IsRefused.ShouldBe(!on);
        rival.IsRefused.ShouldBe(!cluster);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task A_tenant_can_demand_policy_tokens_but_not_waive_them(bool cluster, bool tenant, bool demanded)
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.SetFlagAsync(FeatureFlag.RequirePolicyTokens, cluster);
        await silo.SetFlagAsync(FeatureFlag.RequirePolicyTokens, tenant, CorridorSilo.Acme);

        (await silo.RequestAsync(silo.Request(TestTemplates.Action))).Refusal?.Message.ShouldBe("Policy token required for action jobs");
        (await silo.RequestAsync(silo.Request(TestTemplates.Action))).IsRefused.ShouldBe(demanded);
    }

    [Fact]
    public async Task A_tenant_can_switch_a_template_off_for_itself_but_not_on()
    {
        await using var silo = await CorridorSilo.StartAsync();
        var tenant = silo.Grains.Tenant(CorridorSilo.Acme);

        (await tenant.SetTemplate(new TemplateSwitch(CorridorSilo.Caller, TestTemplates.Work, Enabled: false))).Value.ShouldBeTrue();
        (await tenant.SetTemplate(new TemplateSwitch(CorridorSilo.Caller, TestTemplates.Disabled, Enabled: true))).Refusal!.Code.ShouldBe(ErrorCode.TemplateDisabled);

        (await silo.RequestAsync(silo.Request())).Refusal!.Message.ShouldBe("Template is disabled: test.work");
        await silo.AdmitAsync(silo.Request() with { TenantId = CorridorSilo.Rival });
    }

    [Fact]
    public async Task Work_in_flight_ends_normally_after_its_feature_was_switched_off()
    {
        await using var silo = await CorridorSilo.StartAsync(CorridorSilo.Quick with { Slots = 1 });
        var gate = new Gate();
        var handler = silo.Handlers[TestTemplates.Autopilot];
        handler.Body = gate.Polite;
        var running = await silo.AdmitAsync(silo.Request(TestTemplates.Autopilot));
        await handler.NextStartAsync();
        var queued = await silo.AdmitAsync(silo.Request(TestTemplates.Autopilot));

        await silo.SetFlagAsync(FeatureFlag.AutopilotJobsEnabled, value: false);
        gate.Open();

        (await silo.EndOfAsync(running)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.EndOfAsync(queued)).Status.ShouldBe(JobStatus.Succeeded);
        (await silo.RequestAsync(silo.Request(TestTemplates.Autopilot))).Refusal!.Code.ShouldBe(ErrorCode.FeatureDisabled);
    }

    [Fact]
    public async Task A_change_by_plain_sql_is_obeyed_within_about_a_second()
    {
        await using var silo = await CorridorSilo.StartAsync();
        await silo.AdmitAsync();

        silo.Folder.Sql("UPDATE jobforge_job_templates SET enabled = false WHERE template_key = 'test.work'");
        var changed = TimeProvider.System.GetTimestamp();
        await CorridorSilo.WaitUntilAsync(async () => (await silo.RequestAsync(silo.Request())).IsRefused);

        // The promise is a second; the rest is for a busy machine.
        TimeProvider.System.GetElapsedTime(changed).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        silo.Folder.Sql("INSERT INTO jobforge_flags (tenant_id, flag, value) VALUES ('acme', 'autopilot_jobs_enabled', false)");
        await CorridorSilo.WaitUntilAsync(async () => (await silo.RequestAsync(silo.Request(TestTemplates.Autopilot))).IsRefused);
        await silo.AdmitAsync(silo.Request(TestTemplates.Autopilot) with { TenantId = CorridorSilo.Rival });
    }

    [Fact]
    public async Task The_summary_shows_every_switch_as_it_holds_for_the_tenant_and_no_secret()
    {
        await using var silo = await CorridorSilo.StartAsync(off: [FeatureFlag.TriggersEnabled]);
        await silo.SetFlagAsync(FeatureFlag.EventsEnabled, value: false, CorridorSilo.Acme);

        var flags = (await silo.Grains.Tenant(CorridorSilo.Acme).GetFlags()).Value!.Flags;

        flags.Where(flag => !flag.Value).Select(flag => flag.Key).ShouldBe(["events_enabled", "triggers_enabled"], ignoreOrder: true);
        flags.Keys.ShouldBe(
            ["events_enabled", "triggers_enabled", "autopilot_jobs_enabled", "action_jobs_enabled", "audit_logging_enabled", "manifests_enabled",
                "require_policy_tokens", "policy_token_secret_set"], ignoreOrder: true);
    }
}
