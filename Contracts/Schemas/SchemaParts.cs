using System.Text.Json;
using System.Text.RegularExpressions;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Reads the keywords of one schema object, refusing values of a wrong form under their place.</summary>
internal sealed class SchemaParts(JsonElement schema, string pointer, SchemaCompiler compiler)
{
    public string Pointer => pointer;

    public IEnumerable<string> Names => schema.EnumerateObject().Select(member => member.Name);

    public string At(string name) => $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public JsonElement? Find(string name) => schema.TryGetProperty(name, out var value) ? value : null;

    public string? Text(string name) => Of(name, JsonValueKind.String, "Must be a string") is { } value ? value.GetString() : null;

    public bool IsOn(string name)
    {
        if (Find(name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            Refuse(name, "Must be true or false");
        }

        return Find(name) is { ValueKind: JsonValueKind.True };
    }

    public ExactNumber? Number(string name) => Of(name, JsonValueKind.Number, "Must be a number") is { } value ? ExactNumber.Of(value) : null;

    /// <summary>A whole number from 0; beyond an int it can bound nothing that exists, so it is cut there.</summary>
    public int? Count(string name)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (!number.IsWhole || number.CompareTo(ExactNumber.Zero) < 0)
        {
            Refuse(name, "Must be a whole number from 0");
            return null;
        }

        return (int)Math.Min(Find(name)!.Value.GetDouble(), int.MaxValue);
    }

    public IReadOnlyList<string>? Strings(string name) =>
        Of(name, JsonValueKind.Array, "Must be a list of strings") is { } value ? StringsOf(name, value) : null;

    public IReadOnlyList<JsonElement>? Values(string name) =>
        Of(name, JsonValueKind.Array, "Must be a list") is { } value ? [.. value.EnumerateArray()] : null;

    public SchemaNode? Schema(string name) => Find(name) is { } value ? compiler.Compile(value, At(name)) : null;

    public IReadOnlyList<SchemaNode>? Schemas(string name) => Of(name, JsonValueKind.Array, "Must be a list of schemas") is { } value
        ? [.. value.EnumerateArray().Select((item, index) => compiler.Compile(item, $"{At(name)}/{index}"))]
        : null;

    public Dictionary<string, SchemaNode>? Map(string name) => Of(name, JsonValueKind.Object, "Must be an object of schemas") is { } value
        ? value.EnumerateObject().ToDictionary(member => member.Name, member => compiler.Compile(member.Value, $"{At(name)}/{Step(member.Name)}"), StringComparer.Ordinal)
        : null;

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? StringLists(string name) => Of(name, JsonValueKind.Object, "Must be an object of lists") is { } value
        ? value.EnumerateObject().ToDictionary(member => member.Name, member => StringsOf(name, member.Value), StringComparer.Ordinal)
        : null;

    public Regex? Pattern(string name) => Text(name) is { } text ? PatternOf(name, text) : null;

    public Regex? PatternOf(string name, string text)
    {
        try
        {
            return SchemaPattern.Compile(text);
        }
        catch (ArgumentException)
        {
            Refuse(name, $"Not a supported regular expression: {text}");
            return null;
        }
    }

    public void Refuse(string name, string message, string code = FieldCodes.InvalidFormat) => compiler.Refuse(At(name), message, code);

    private IReadOnlyList<string> StringsOf(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        Refuse(name, "Must be a list of strings");
        return [];
    }

    private JsonElement? Of(string name, JsonValueKind kind, string message)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == kind)
        {
            return value;
        }

        Refuse(name, message, FieldCodes.InvalidType);
        return null;
    }

    private static string Step(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
