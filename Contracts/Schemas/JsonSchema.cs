using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>
/// A compiled JSON Schema (draft 2020-12, a closed subset): parsed once, asked often, from any thread. What the subset does not know
/// is refused at <see cref="Compile"/> by name, so that no rule is ever silently ignored. Formats are asserted. Values must have passed
/// <see cref="Json.JsonLimits"/>, as everything that a reader lets in has.
/// </summary>
public sealed class JsonSchema
{
    /// <summary>Errors that one validation reports at most.</summary>
    public const int MaxErrors = 50;

    private readonly SchemaNode _root;

    private JsonSchema(SchemaNode root) => _root = root;

    /// <summary>Compiles a schema document. The refusal names each place that is unknown, malformed, unresolvable or circular, as a dot path.</summary>
    public static Outcome<JsonSchema> Compile(JsonElement schema)
    {
        var compiler = new SchemaCompiler(schema);
        var root = compiler.CompileDocument();
        return compiler.Errors.Count == 0
            ? new JsonSchema(root)
            : Refusal.Invalid([.. compiler.Errors]);
    }

    /// <summary>Empty when the value is valid; else at most <see cref="MaxErrors"/> errors, their fields as dot paths from the value.</summary>
    public IReadOnlyList<FieldError> Validate(JsonElement value)
    {
        var run = new Validation();
        var valid = _root.Check(value, run);
        return run.Overran ? [new("", "Is too complex to be validated", FieldCodes.TooDeep)] : valid ? [] : run.Errors;
    }

    /// <summary>Whether the value is valid; stops at the first error.</summary>
    public bool IsValid(JsonElement value)
    {
        var run = new Validation();
        return run.Probe(_root, value) && !run.Overran;
    }
}
