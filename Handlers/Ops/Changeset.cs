using System.Text.Json;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Ids;

namespace JobForge.Handlers.Ops;

/// <summary>One operation of a changeset, checked: what it touches and the value that it sets.</summary>
internal abstract record Change(string Op, string Subject, bool After)
{
    public sealed record Template(string Op, string Key, bool Enabled) : Change(Op, Key, Enabled);

    public sealed record Flag(FeatureFlag Name, bool On) : Change("set_flag", Name.Word(), On);
}

/// <summary>Reads the operations of an <c>autopilot.ops.apply</c> run, all before any is carried out.</summary>
internal static class Changeset
{
    /// <summary>Each operation runs against one grain; a longer list belongs into several changesets.</summary>
    private const int MaxOperations = 100;

    /// <returns>The changes in order, or the first fault with the operation's place and word.</returns>
    public static (IReadOnlyList<Change> Changes, string? Error) Read(JsonElement inputs)
    {
        if (!inputs.TryGetProperty("operations", out var operations) || operations.ValueKind == JsonValueKind.Null)
        {
            return ([], null);
        }

        if (operations.ValueKind != JsonValueKind.Array || operations.GetArrayLength() > MaxOperations)
        {
            return ([], $"operations: give a list of at most {MaxOperations}.");
        }

        var changes = new List<Change>();
        foreach (var operation in operations.EnumerateArray())
        {
            var (change, fault) = ReadOne(operation);
            if (change is null)
            {
                return ([], $"operations[{changes.Count}]: {fault}");
            }

            changes.Add(change);
        }

        return (changes, null);
    }

    private static (Change? Change, string? Fault) ReadOne(JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Object)
        {
            return (null, "no object.");
        }

        var op = Text(operation, "op");
        return op switch
        {
            "enable_template" or "disable_template" => Text(operation, "template_key") is { } key && OpaqueId.IsValid(key)
                ? (new Change.Template(op, key, op == "enable_template"), null)
                : (null, $"{op} needs a template_key."),
            "set_flag" => ReadFlag(operation),
            _ => (null, $"op '{op}' is none of enable_template, disable_template, set_flag."),
        };
    }

    private static (Change? Change, string? Fault) ReadFlag(JsonElement operation)
    {
        if (Text(operation, "flag") is not { } name || !FeatureFlags.TryParse(name, out var flag))
        {
            return (null, $"set_flag names the flag '{Text(operation, "flag")}', which does not exist.");
        }

        return operation.TryGetProperty("value", out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? (new Change.Flag(flag, value.ValueKind == JsonValueKind.True), null)
            : (null, $"set_flag {name} needs a value, true or false.");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
