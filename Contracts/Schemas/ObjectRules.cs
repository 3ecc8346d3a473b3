using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Rules about objects: members by name and pattern, which must be there, how many.</summary>
internal static class ObjectRules
{
    public static void AddTo(SchemaNode node, SchemaParts parts)
    {
        AddRequired(node, parts);
        AddMembers(node, parts);
        AddNames(node, parts);
        AddCounts(node, parts);
        AddDependents(node, parts);
    }

    private static void AddRequired(SchemaNode node, SchemaParts parts)
    {
        if (parts.Strings("required") is { Count: > 0 } required)
        {
            string[] names = [.. required];
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Object || HasAll(value, names, run)));
        }
    }

    private static bool HasAll(JsonElement value, string[] names, Validation run)
    {
        var valid = true;
        foreach (var name in names)
        {
            valid &= value.TryGetProperty(name, out _) || run.FailAt(name, "Is required", FieldCodes.Required);
        }

        return valid;
    }

    private static void AddMembers(SchemaNode node, SchemaParts parts)
    {
        var named = parts.Map("properties");
        var patterns = PatternsOf(parts);
        var rest = parts.Schema("additionalProperties");
        if (named is null && patterns.Count == 0 && rest is null)
        {
            return;
        }

        node.Add(new ValueRule((value, run) =>
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return true;
            }

            var valid = true;
            foreach (var member in value.EnumerateObject())
            {
                valid &= CheckMember(member, run, named, patterns, rest);
                if (!valid && !run.WantsMore)
                {
                    return false;
                }
            }

            return valid;
        }));
    }

    private static bool CheckMember(
        JsonProperty member,
        Validation run,
        Dictionary<string, SchemaNode>? named,
        List<(Regex Pattern, SchemaNode Schema)> patterns,
        SchemaNode? rest)
    {
        var (known, valid) = (false, true);
        if (named is not null && TryFind(named, member, out var schema))
        {
            known = true;
            valid = run.CheckMember(schema, member);
        }

        foreach (var (pattern, patterned) in patterns)
        {
            if (SchemaPattern.Matches(pattern, member.Name))
            {
                known = true;
                valid &= run.CheckMember(patterned, member);
            }
        }

        return known || rest is null ? valid : run.CheckMember(rest, member);
    }

    /// <summary>By the member's name, without making a string of it where its bytes say it plainly.</summary>
    private static bool TryFind(Dictionary<string, SchemaNode> named, JsonProperty member, [NotNullWhen(true)] out SchemaNode? schema)
    {
        const int Short = 64;
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (raw.Length > Short || raw.Contains((byte)'\\'))
        {
            return named.TryGetValue(member.Name, out schema);
        }

        Span<char> name = stackalloc char[Short];
        var length = Encoding.UTF8.GetChars(raw, name);
        return named.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out schema);
    }

    private static List<(Regex Pattern, SchemaNode Schema)> PatternsOf(SchemaParts parts)
    {
        List<(Regex Pattern, SchemaNode Schema)> patterns = [];
        foreach (var (text, schema) in parts.Map("patternProperties") ?? new Dictionary<string, SchemaNode>(StringComparer.Ordinal))
        {
            if (parts.PatternOf("patternProperties", text) is { } pattern)
            {
                patterns.Add((pattern, schema));
            }
        }

        return patterns;
    }

    private static void AddNames(SchemaNode node, SchemaParts parts)
    {
        if (parts.Schema("propertyNames") is not { } schema)
        {
            return;
        }

        node.Add(new ValueRule((value, run) =>
        {
            var valid = true;
            foreach (var member in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
            {
                valid &= run.Probe(schema, JsonSerializer.SerializeToElement(member.Name))
                    || run.FailAt(member.Name, "Is not an allowed member name", FieldCodes.NotAllowed);
            }

            return valid;
        }));
    }

    private static void AddCounts(SchemaNode node, SchemaParts parts)
    {
        if (parts.Count("minProperties") is { } min)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() >= min
                || run.Fail($"Must have at least {min} members", FieldCodes.TooShort)));
        }

        if (parts.Count("maxProperties") is { } max)
        {
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() <= max
                || run.Fail($"Must have at most {max} members", FieldCodes.TooLong)));
        }
    }

    private static void AddDependents(SchemaNode node, SchemaParts parts)
    {
        foreach (var (name, list) in parts.StringLists("dependentRequired") ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            string[] needed = [.. list];
            node.Add(new ValueRule((value, run) => value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out _) || HasAll(value, needed, run)));
        }

        foreach (var (name, schema) in parts.Map("dependentSchemas") ?? new Dictionary<string, SchemaNode>(StringComparer.Ordinal))
        {
            node.Add(new DependentRule(name, schema));
        }
    }

    private sealed class DependentRule(string name, SchemaNode schema) : Rule
    {
        public override IEnumerable<SchemaNode> InPlace => [schema];

        public override bool Check(JsonElement value, Validation run) =>
            value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out _) || schema.Check(value, run);
    }
}
