using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;

namespace JobForge.Contracts.Tests.Errors;

/// <summary>What callers branch on, spelled out as the contract spells it.</summary>
public sealed class ContractTextTests
{
    [Fact]
    public void The_frozen_texts_are_those_of_the_contract()
    {
        FrozenTexts.EventsDisabled.ShouldBe("Event ingestion is disabled. Set JOBFORGE_EVENTS_ENABLED=1 to enable.");
        FrozenTexts.TemplateDisabled("K").ShouldBe("Template is disabled: K");
        FrozenTexts.TemplateNotFound("K").ShouldBe("Template not found: K");
        FrozenTexts.AutopilotJobsDisabled.ShouldBe("Autopilot jobs are disabled. Set JOBFORGE_AUTOPILOT_JOBS_ENABLED=1 to enable.");
        FrozenTexts.ActionJobsDisabled.ShouldBe("Action jobs are disabled. Set JOBFORGE_ACTION_JOBS_ENABLED=1 to enable.");
        FrozenTexts.TriggersDisabled.ShouldBe("Triggers are disabled. Set JOBFORGE_TRIGGERS_ENABLED=1 to enable.");
        FrozenTexts.ManifestsDisabled.ShouldBe("Artifact manifests are disabled. Set JOBFORGE_MANIFESTS_ENABLED=1 to enable.");
        FrozenTexts.PolicyTokenRequired.ShouldBe("Policy token required for action jobs");
    }

    [Fact]
    public void Every_error_code_has_its_word_and_status()
    {
        var table = Enum.GetValues<ErrorCode>().Select(code => $"{code.Word()} {code.HttpStatus()}");
        string.Join(", ", table).ShouldBe(
            "BAD_REQUEST 400, UNAUTHORIZED 401, FORBIDDEN 403, NOT_FOUND 404, CONFLICT 409, VALIDATION_ERROR 422, RATE_LIMITED 429, "
            + "QUOTA_EXCEEDED 429, FEATURE_DISABLED 403, TEMPLATE_DISABLED 403, POLICY_DENIED 403, INTERNAL_ERROR 500, UNAVAILABLE 503");
    }

    [Fact]
    public void The_flag_summary_has_the_contracts_members_and_defaults() =>
        FlagSet.FromEnvironment(_ => null).Summary(policyTokenSecretSet: true).ShouldBe(new Dictionary<string, bool>(StringComparer.Ordinal)
        {
            ["events_enabled"] = false,
            ["triggers_enabled"] = false,
            ["autopilot_jobs_enabled"] = false,
            ["action_jobs_enabled"] = false,
            ["audit_logging_enabled"] = false,
            ["manifests_enabled"] = false,
            ["require_policy_tokens"] = true,
            ["policy_token_secret_set"] = true,
        }, ignoreOrder: true);

    [Theory]
    [InlineData("1", true)]
    [InlineData("TRUE", true)]
    [InlineData("true", true)]
    [InlineData(" 1", false)]
    [InlineData("yes", false)]
    [InlineData("on", false)]
    [InlineData("2", false)]
    [InlineData("", false)]
    public void Only_1_and_true_switch_on(string text, bool on) =>
        FlagSet.FromEnvironment(name => name is "JOBFORGE_EVENTS_ENABLED" ? text : null)[FeatureFlag.EventsEnabled].ShouldBe(on);

    [Fact]
    public void A_tenant_cannot_switch_on_what_the_cluster_has_off_nor_waive_its_tokens()
    {
        var cluster = FlagSet.FromEnvironment(name => name is "JOBFORGE_TRIGGERS_ENABLED" ? "1" : null);
        var tenant = cluster.ForTenant(new Dictionary<FeatureFlag, bool>
        {
            [FeatureFlag.EventsEnabled] = true,
            [FeatureFlag.TriggersEnabled] = false,
            [FeatureFlag.RequirePolicyTokens] = false,
        });
        tenant[FeatureFlag.EventsEnabled].ShouldBeFalse();
        tenant[FeatureFlag.TriggersEnabled].ShouldBeFalse();
        tenant[FeatureFlag.RequirePolicyTokens].ShouldBeTrue();
    }
}
