using JobForge.Contracts.Errors;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;
using JobForge.Grains.Interfaces;
using Orleans;

namespace JobForge.Gateway.Endpoints;

/// <summary>Asks whether a feature is on for a tenant. The grains behind the writes decide by themselves; this serves the reads, and the rule that a
/// switched-off feature is reported before anything else that is wrong.</summary>
public sealed class FeatureGate(IGrainFactory grains)
{
    /// <summary>Null when the feature is on; else what to answer.</summary>
    public async Task<Refusal?> RefusalAsync(TenantId tenant, FeatureFlag flag)
    {
        var summary = await grains.Tenant(tenant).GetFlags();
        if (summary.IsRefused)
        {
            return summary.Refusal;
        }

        return summary.Value.Flags.GetValueOrDefault(flag.Word()) ? null : new(ErrorCode.FeatureDisabled, TextOf(flag));
    }

    private static string TextOf(FeatureFlag flag) => flag switch
    {
        FeatureFlag.EventsEnabled => FrozenTexts.EventsDisabled,
        FeatureFlag.ManifestsEnabled => FrozenTexts.ManifestsDisabled,
        FeatureFlag.AutopilotJobsEnabled => FrozenTexts.AutopilotJobsDisabled,
        FeatureFlag.ActionJobsEnabled => FrozenTexts.ActionJobsDisabled,
        FeatureFlag.TriggersEnabled => FrozenTexts.TriggersDisabled,
        _ => throw new ArgumentOutOfRangeException(nameof(flag), flag, "No feature is governed by this flag alone."),
    };
}
