using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Rules about arrays: items by place, how many, which, and whether twice.</summary>
internal static class ArrayRules
{
    public static void AddTo(SchemaNode node, SchemaParts parts)
    {
        AddItems(node, parts);
        AddContains(node, parts);
        AddCounts(node, parts);
        if (parts.IsOn("uniqueItems"))
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Array || JsonEquality.AllDiffer(value)
                || run.Fail("Must not hold an item twice", FieldCodes.Duplicate)));
        }
    }

    private static void AddItems(SchemaNode node, SchemaParts parts)
    {
        var first = parts.Schemas("prefixItems") ?? [];
        var rest = parts.Schema("items");
        if (first.Count == 0 && rest is null)
        {
            return;
        }

        node.Add(new ValueRule((value, run) =>
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                return true;
            }

            var (index, valid) = (0, true);
            foreach (var item in value.EnumerateArray())
            {
                var schema = index < first.Count ? first[index] : rest;
                valid &= schema is null || run.CheckItem(schema, item, index);
                index++;
                if (schema is null || (!valid && !run.WantsMore))
                {
                    break;
                }
            }

            return valid;
        }));
    }

    private static void AddContains(SchemaNode node, SchemaParts parts)
    {
        var (min, max) = (parts.Count("minContains") ?? 1, parts.Count("maxContains") ?? int.MaxValue);
        if (parts.Schema("contains") is not { } wanted)
        {
            return;
        }

        node.Add(new ValueRule((value, run) =>
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                return true;
            }

            var found = 0;
            foreach (var item in value.EnumerateArray())
            {
                found += run.Probe(wanted, item) ? 1 : 0;
            }

            return (found >= min || run.Fail($"Must contain at least {min} items of the wanted form", FieldCodes.TooShort))
                && (found <= max || run.Fail($"Must contain at most {max} items of the wanted form", FieldCodes.TooLong));
        }));
    }

    private static void AddCounts(SchemaNode node, SchemaParts parts)
    {
        if (parts.Count("minItems") is { } min)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= min
                || run.Fail($"Must have at least {min} items", FieldCodes.TooShort)));
        }

        if (parts.Count("maxItems") is { } max)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= max
                || run.Fail($"Must have at most {max} items", FieldCodes.TooLong)));
        }
    }
}
