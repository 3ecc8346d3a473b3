using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>
/// Turns a schema document into nodes. References are resolved after everything they may point at is compiled, so that schemas may
/// refer to themselves; a place that only a reference reaches is compiled when it is met.
/// </summary>
internal sealed class SchemaCompiler(JsonElement document)
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
        "maxProperties", "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "$ref", "$defs", "$anchor",
        "title", "description", "default", "examples", "$schema", "$comment", "deprecated", "readOnly", "writeOnly",
    };

    private readonly Dictionary<string, SchemaNode> _byPointer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaNode> _byAnchor = new(StringComparer.Ordinal);
    private readonly Queue<(ReferenceRule Rule, string Reference, string Pointer)> _references = new();

    public List<FieldError> Errors { get; } = [];

    public SchemaNode CompileDocument()
    {
        if (!IsSound())
        {
            Refuse("", "A schema must be sound JSON: no member twice, only valid text", FieldCodes.InvalidFormat);
            return new();
        }

        var root = Compile(document, "");
        while (_references.TryDequeue(out var pending))
        {
            pending.Rule.Target = Resolve(pending.Reference, pending.Pointer) ?? root;
        }

        if (Errors.Count == 0)
        {
            RefuseCircles();
        }

        return root;
    }

    /// <summary>Compiles the subschema at a place, once.</summary>
    public SchemaNode Compile(JsonElement schema, string pointer)
    {
        if (_byPointer.TryGetValue(pointer, out var known))
        {
            return known;
        }

        var node = new SchemaNode { IsNever = schema.ValueKind == JsonValueKind.False };
        _byPointer[pointer] = node;
        if (schema.ValueKind == JsonValueKind.Object)
        {
            CompileObject(node, new SchemaParts(schema, pointer, this));
        }
        else if (schema.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Refuse(pointer, "A schema is an object, true or false", FieldCodes.InvalidType);
        }

        return node;
    }

    public void Refuse(string pointer, string message, string code) =>
        Errors.Add(new(string.Join('.', pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)), message, code));

    /// <summary>What has a canonical form has no duplicate names and only valid text.</summary>
    private bool IsSound()
    {
        try
        {
            return CanonicalJson.Serialize(document).Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void CompileObject(SchemaNode node, SchemaParts parts)
    {
        foreach (var name in parts.Names.Where(name => !Known.Contains(name) && !(name is "$id" && parts.Pointer.Length == 0)))
        {
            Refuse(parts.At(name), $"Unknown keyword: {name}", FieldCodes.UnknownValue);
        }

        if (parts.Text("$schema") is { } dialect && !string.Equals(dialect.TrimEnd('#'), Dialect, StringComparison.Ordinal))
        {
            Refuse(parts.At("$schema"), $"The only dialect is {Dialect}", FieldCodes.UnknownValue);
        }

        if (parts.Text("$anchor") is { } anchor && !_byAnchor.TryAdd(anchor, node))
        {
            Refuse(parts.At("$anchor"), $"The anchor is given twice: {anchor}", FieldCodes.Duplicate);
        }

        _ = parts.Map("$defs");
        if (parts.Text("$ref") is { } reference)
        {
            var rule = new ReferenceRule();
            node.Add(rule);
            _references.Enqueue((rule, reference, parts.At("$ref")));
        }

        ScalarRules.AddTo(node, parts);
        ArrayRules.AddTo(node, parts);
        ObjectRules.AddTo(node, parts);
        LogicRules.AddTo(node, parts);
    }

    private SchemaNode? Resolve(string reference, string from)
    {
        var fragment = reference.StartsWith('#') ? Uri.UnescapeDataString(reference[1..]) : null;
        if (fragment is not null && (fragment.Length == 0 || fragment[0] == '/'))
        {
            if (_byPointer.TryGetValue(fragment, out var node))
            {
                return node;
            }

            if (Find(fragment) is { } schema)
            {
                return Compile(schema, fragment);
            }
        }
        else if (fragment is not null && _byAnchor.TryGetValue(fragment, out var node))
        {
            return node;
        }

        Refuse(from, $"Unresolvable reference: {reference}", FieldCodes.UnknownValue);
        return null;
    }

    private JsonElement? Find(string pointer)
    {
        var place = document;
        foreach (var step in pointer.Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (place.ValueKind == JsonValueKind.Object && place.TryGetProperty(step, out var member))
            {
                place = member;
            }
            else if (place.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index >= 0 && index < place.GetArrayLength())
            {
                place = place[index];
            }
            else
            {
                return null;
            }
        }

        return place;
    }

    /// <summary>A reference that leads back to itself without stepping into the value would be followed for ever.</summary>
    private void RefuseCircles()
    {
        HashSet<SchemaNode> finished = [];
        HashSet<SchemaNode> open = [];
        foreach (var (pointer, node) in _byPointer)
        {
            if (Circles(node, open, finished))
            {
                Refuse(pointer, "A $ref leads back to itself", FieldCodes.Conflict);
                return;
            }
        }
    }

    private static bool Circles(SchemaNode node, HashSet<SchemaNode> open, HashSet<SchemaNode> finished)
    {
        if (finished.Contains(node))
        {
            return false;
        }

        if (!open.Add(node) || node.InPlace.Any(next => Circles(next, open, finished)))
        {
            return true;
        }

        open.Remove(node);
        finished.Add(node);
        return false;
    }
}

/// <summary>$ref: the value must satisfy the schema somewhere else in the document.</summary>
internal sealed class ReferenceRule : Rule
{
    public SchemaNode Target { get; set; } = new();

    public override IEnumerable<SchemaNode> InPlace => [Target];

    public override bool Check(JsonElement value, Validation run) => Target.Check(value, run);
}
