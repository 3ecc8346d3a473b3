using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Grains.Tenants;

/// <summary>The free members of an audit row.</summary>
public static class AuditDetails
{
    public static JsonElement Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var details = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            details[name] = value;
        }

        return JsonSerializer.SerializeToElement(details, ContractJson.Options);
    }
}
