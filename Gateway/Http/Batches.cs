using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Gateway.Http;

/// <summary>Reads the items of a batch one by one, so that one bad item does not cost the others their answer.</summary>
public static class Batches
{
    public const int MaxItems = 1000;

    /// <summary>Null when the array's length is allowed.</summary>
    public static Refusal? CheckLength(JsonElement array) => array.GetArrayLength() is >= 1 and <= MaxItems
        ? null
        : Refusal.Invalid("", $"A batch has 1-{MaxItems} items", FieldCodes.OutOfRange);

    /// <summary>Reads each item; one whose tenant is not <paramref name="tenant"/> is refused.</summary>
    public static IReadOnlyList<Outcome<T>> Read<T>(JsonElement array, TenantId tenant, Func<JsonElement, Outcome<T>> read, Func<T, TenantId> tenantOf)
    {
        List<Outcome<T>> items = new(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            var item = read(element);
            items.Add(item.IsRefused || tenantOf(item.Value) == tenant ? item : Access.Visitor.OtherTenant);
        }

        return items;
    }

    /// <summary>Lays the answers for the items that were sent on back between the refusals of the others.</summary>
    public static IReadOnlyList<TAnswer> Weave<T, TSent, TAnswer>(
        IReadOnlyList<Outcome<T>> items, IReadOnlyList<TSent> sent, Func<TSent, TAnswer> answer, Func<Refusal, TAnswer> refuse)
    {
        var next = 0;
        return [.. items.Select(item => item.IsRefused ? refuse(item.Refusal) : answer(sent[next++]))];
    }

    /// <summary>The tenant that the first item names, for a caller whose key has none.</summary>
    public static JsonElement FirstObject(JsonElement array) =>
        array.EnumerateArray().FirstOrDefault(item => item.ValueKind == JsonValueKind.Object);
}
