using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>Rules that combine schemas of the same value.</summary>
internal static class LogicRules
{
    public static void AddTo(SchemaNode node, SchemaParts parts)
    {
        foreach (var schema in ListOf(parts, "allOf") ?? [])
        {
            node.Add(new ReferenceRule { Target = schema });
        }

        if (ListOf(parts, "anyOf") is { } any)
        {
            node.Add(new BranchRule(any, (value, run) => any.Any(schema => run.Probe(schema, value))
                || run.Fail("Must have one of the allowed forms", FieldCodes.InvalidFormat)));
        }

        if (ListOf(parts, "oneOf") is { } one)
        {
            node.Add(new BranchRule(one, (value, run) => one.Count(schema => run.Probe(schema, value)) == 1
                || run.Fail("Must have exactly one of the allowed forms", FieldCodes.InvalidFormat)));
        }

        if (parts.Schema("not") is { } never)
        {
            node.Add(new BranchRule([never], (value, run) => !run.Probe(never, value)
                || run.Fail("Has a form that is not allowed", FieldCodes.NotAllowed)));
        }

        AddCondition(node, parts);
    }

    private static void AddCondition(SchemaNode node, SchemaParts parts)
    {
        var (condition, then, otherwise) = (parts.Schema("if"), parts.Schema("then"), parts.Schema("else"));
        if (condition is not null)
        {
            SchemaNode?[] branches = [condition, then, otherwise];
            node.Add(new BranchRule([.. branches.OfType<SchemaNode>()], (value, run) =>
                (run.Probe(condition, value) ? then : otherwise)?.Check(value, run) ?? true));
        }
    }

    private static IReadOnlyList<SchemaNode>? ListOf(SchemaParts parts, string name)
    {
        var schemas = parts.Schemas(name);
        if (schemas is { Count: 0 })
        {
            parts.Refuse(name, "Must not be empty");
        }

        return schemas;
    }

    private sealed class BranchRule(IReadOnlyList<SchemaNode> branches, Func<JsonElement, Validation, bool> check) : Rule
    {
        public override IEnumerable<SchemaNode> InPlace => branches;

        public override bool Check(JsonElement value, Validation run) => check(value, run);
    }
}
