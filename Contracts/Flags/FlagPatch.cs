using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Flags;

/// <summary>
/// Body of a flag change: flags by word or variable name with true, false or null (remove the stored value), and <c>tenant_id</c> for
/// one tenant instead of the cluster, e.g. <c>{"events_enabled": true}</c>. A name that is no flag is refused, unlike elsewhere: a misspelt switch that
/// is silently ignored leaves an operator believing that it was thrown.
/// </summary>
public sealed record FlagPatch
{
    /// <summary>Null: the whole cluster.</summary>
    public TenantId? TenantId { get; init; }

    public required IReadOnlyDictionary<FeatureFlag, bool> Values { get; init; }

    /// <summary>Flags given as null: their stored value goes, and the start value holds again.</summary>
    public IReadOnlyList<FeatureFlag> Removed { get; init; } = [];
}

public static class FlagPatchReader
{
    public static Outcome<FlagPatch> Read(JsonElement body)
    {
        var fields = FieldReader.Open(body);
        var tenant = fields.Id("tenant_id");
        var (values, removed) = ReadValues(fields);
        if (!fields.HasErrors && values.Count + removed.Count == 0)
        {
            fields.Fail("", "Name at least one flag", FieldCodes.Required);
        }

        return fields.Finish(() => new FlagPatch { TenantId = tenant is null ? null : new TenantId(tenant), Values = values, Removed = removed });
    }

    private static (Dictionary<FeatureFlag, bool> Values, List<FeatureFlag> Removed) ReadValues(FieldReader fields)
    {
        Dictionary<FeatureFlag, bool> values = [];
        List<FeatureFlag> removed = [];
        foreach (var name in fields.Names.Where(name => name is not "tenant_id"))
        {
            if (!FeatureFlags.TryParse(name, out var flag))
            {
                fields.Fail(name, "Is not a flag", FieldCodes.UnknownValue);
            }
            else if (fields.Find(name) is null)
            {
                removed.Add(flag);
            }
            else if (fields.Flag(name) is { } on)
            {
                values[flag] = on;
            }
        }

        return (values, removed);
    }
}
