using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Rules about a value itself: type, enum, const, numbers and strings.</summary>
internal static class ScalarRules
{
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    public static void AddTo(SchemaNode node, SchemaParts parts)
    {
        AddType(node, parts);
        AddEnum(node, parts);
        AddBound(node, parts, "minimum", "at least", order => order >= 0);
        AddBound(node, parts, "exclusiveMinimum", "above", order => order > 0);
        AddBound(node, parts, "maximum", "at most", order => order <= 0);
        AddBound(node, parts, "exclusiveMaximum", "below", order => order < 0);
        AddMultipleOf(node, parts);
        AddLengths(node, parts);
        AddPattern(node, parts);
        AddFormat(node, parts);
    }

    private static void AddType(SchemaNode node, SchemaParts parts)
    {
        if (parts.Find("type") is not { } given)
        {
            return;
        }

        var names = given.ValueKind == JsonValueKind.String ? [given.GetString()!] : parts.Strings("type") ?? [];
        if (names.Count == 0 || names.Except(Types, StringComparer.Ordinal).Any())
        {
            parts.Refuse("type", $"Must be of {string.Join(", ", Types)}", FieldCodes.UnknownValue);
            return;
        }

        var text = $"Must be {string.Join(" or ", names)}";
        var anyNumber = names.Contains("number", StringComparer.Ordinal);
        var whole = names.Contains("integer", StringComparer.Ordinal);
        var kinds = names.Select(KindOf).ToHashSet();
        node.Add(new ValueRule((value, run) => value.ValueKind switch
        {
            JsonValueKind.Number => anyNumber || (whole && (value.TryGetInt64(out _) || ExactNumber.Of(value).IsWhole)),
            JsonValueKind.False => kinds.Contains(JsonValueKind.True),
            var kind => kinds.Contains(kind),
        } || run.Fail(text, FieldCodes.InvalidType)));
    }

    private static JsonValueKind KindOf(string type) => type switch
    {
        "null" => JsonValueKind.Null,
        "boolean" => JsonValueKind.True,
        "object" => JsonValueKind.Object,
        "array" => JsonValueKind.Array,
        "string" => JsonValueKind.String,
        _ => JsonValueKind.Number,
    };

    private static void AddEnum(SchemaNode node, SchemaParts parts)
    {
        if (parts.Values("enum") is { } values)
        {
            var text = $"Must be one of {string.Join(", ", values.Select(Show))}";
            node.Add(new ValueRule((value, run) => IsAmong(values, value) || run.Fail(text, FieldCodes.UnknownValue)));
        }

        if (parts.Find("const") is { } only)
        {
            var text = $"Must be {Show(only)}";
            node.Add(new ValueRule((value, run) => JsonElement.DeepEquals(only, value) || run.Fail(text, FieldCodes.UnknownValue)));
        }
    }

    private static bool IsAmong(IReadOnlyList<JsonElement> values, JsonElement value)
    {
        foreach (var allowed in values)
        {
            if (JsonElement.DeepEquals(allowed, value))
            {
                return true;
            }
        }

        return false;
    }

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static void AddBound(SchemaNode node, SchemaParts parts, string name, string word, Func<int, bool> holds)
    {
        if (parts.Number(name) is not { } bound)
        {
            return;
        }

        var text = $"Must be {word} {parts.Find(name)!.Value.GetRawText()}";
        long? small = parts.Find(name)!.Value.TryGetInt64(out var whole) ? whole : null;
        node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Number
            || holds(small is { } limit && value.TryGetInt64(out var number) ? number.CompareTo(limit) : ExactNumber.Of(value).CompareTo(bound))
            || run.Fail(text, FieldCodes.OutOfRange)));
    }

    private static void AddMultipleOf(SchemaNode node, SchemaParts parts)
    {
        if (parts.Number("multipleOf") is not { } divisor)
        {
            return;
        }

        if (divisor.Sign <= 0)
        {
            parts.Refuse("multipleOf", "Must be above 0", FieldCodes.OutOfRange);
            return;
        }

        var text = $"Must be a multiple of {parts.Find("multipleOf")!.Value.GetRawText()}";
        node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Number
            || ExactNumber.Of(value).IsMultipleOf(divisor)
            || run.Fail(text, FieldCodes.OutOfRange)));
    }

    private static void AddLengths(SchemaNode node, SchemaParts parts)
    {
        if (parts.Count("minLength") is { } min)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.String || Length(value) >= min
                || run.Fail($"Must have at least {min} characters", FieldCodes.TooShort)));
        }

        if (parts.Count("maxLength") is { } max)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.String || Length(value) <= max
                || run.Fail($"Must have at most {max} characters", FieldCodes.TooLong)));
        }
    }

    /// <summary>Unicode code points, as the specification counts.</summary>
    private static int Length(JsonElement value)
    {
        var count = 0;
        foreach (var _ in value.GetString()!.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static void AddPattern(SchemaNode node, SchemaParts parts)
    {
        if (parts.Pattern("pattern") is { } pattern)
        {
            var text = $"Must match {parts.Text("pattern")}";
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.String
                || SchemaPattern.Matches(pattern, value.GetString()!)
                || run.Fail(text, FieldCodes.InvalidFormat)));
        }
    }

    private static void AddFormat(SchemaNode node, SchemaParts parts)
    {
        if (parts.Text("format") is not { } name)
        {
            return;
        }

        if (SchemaFormats.Find(name) is not { } matches)
        {
            parts.Refuse("format", $"Unknown format: {name}", FieldCodes.UnknownValue);
            return;
        }

        node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.String || matches(value.GetString()!)
            || run.Fail($"Must be a valid {name}", FieldCodes.InvalidFormat)));
    }
}
