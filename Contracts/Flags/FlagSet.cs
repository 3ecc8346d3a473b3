using System.Collections.Immutable;

namespace JobForge.Contracts.Flags;

/// <summary>
/// The effective value of every flag for one scope. An operator's stored value goes over the environment's start value; for a tenant,
/// a cluster-wide off always wins over the tenant's own on.
/// </summary>
public sealed record FlagSet
{
    private readonly ImmutableArray<bool> _values;

    private FlagSet(ImmutableArray<bool> values) => _values = values;

    /// <summary>Start values: the environment's where set, else the defaults.</summary>
    public static FlagSet FromEnvironment(Func<string, string?> variable) =>
        new([.. FeatureFlags.All.Select(flag => variable(flag.Variable()) is { } text ? FeatureFlags.IsOn(text) : flag.Default())]);

    public bool this[FeatureFlag flag] => _values[(int)flag];

    /// <summary>Lays an operator's stored values over these.</summary>
    public FlagSet With(IReadOnlyDictionary<FeatureFlag, bool> overrides) =>
        new([.. FeatureFlags.All.Select(flag => overrides.TryGetValue(flag, out var on) ? on : this[flag])]);

    /// <summary>
    /// Narrows the cluster's set to a tenant's. For RequirePolicyTokens the safe side is on: a tenant may demand tokens where the
    /// cluster does not, and cannot waive them where the cluster demands them.
    /// </summary>
    public FlagSet ForTenant(IReadOnlyDictionary<FeatureFlag, bool> overrides) =>
        new([.. FeatureFlags.All.Select(flag => !overrides.TryGetValue(flag, out var on) ? this[flag]
            : flag == FeatureFlag.RequirePolicyTokens ? this[flag] || on
            : this[flag] && on)]);

    /// <summary>getFeatureFlagSummary of the contract: every flag and whether a token secret is set, never the secret.</summary>
    public IReadOnlyDictionary<string, bool> Summary(bool policyTokenSecretSet)
    {
        var summary = FeatureFlags.All.ToDictionary(flag => flag.Word(), flag => this[flag], StringComparer.Ordinal);
        summary["policy_token_secret_set"] = policyTokenSecretSet;
        return summary;
    }
}
