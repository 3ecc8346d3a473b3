using System.Text.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Finds equal items without comparing every pair: items that are equal have the same hash.</summary>
internal static class JsonEquality
{
    public static bool AllDiffer(JsonElement array)
    {
        Dictionary<int, List<JsonElement>> byHash = [];
        foreach (var item in array.EnumerateArray())
        {
            var hash = HashOf(item);
            if (!byHash.TryGetValue(hash, out var same))
            {
                byHash[hash] = [item];
                continue;
            }

            if (same.Exists(other => JsonElement.DeepEquals(other, item)))
            {
                return false;
            }

            same.Add(item);
        }

        return true;
    }

    private static int HashOf(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return value.GetDouble().GetHashCode();
            case JsonValueKind.String:
                return StringComparer.Ordinal.GetHashCode(value.GetString()!);
            case JsonValueKind.Array:
                HashCode items = default;
                foreach (var item in value.EnumerateArray())
                {
                    items.Add(HashOf(item));
                }

                return items.ToHashCode();
            case JsonValueKind.Object:
                // Members have no order, so their hashes are combined without one.
                return value.EnumerateObject().Aggregate(0, (sum, member) => sum ^ HashCode.Combine(member.Name, HashOf(member.Value)));
            default:
                return (int)value.ValueKind;
        }
    }
}
