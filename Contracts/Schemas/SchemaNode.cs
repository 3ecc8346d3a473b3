using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>A schema or subschema: all of its rules must hold.</summary>
internal sealed class SchemaNode
{
    private readonly List<Rule> _rules = [];

    /// <summary>The schema <c>false</c>, which nothing satisfies.</summary>
    public bool IsNever { get; init; }

    /// <summary>Schemas that judge the very same value; a circle of them would never end.</summary>
    public IEnumerable<SchemaNode> InPlace => _rules.SelectMany(rule => rule.InPlace);

    public void Add(Rule rule) => _rules.Add(rule);

    public bool Check(JsonElement value, Validation run)
    {
        if (IsNever)
        {
            return run.Fail("Is not allowed", FieldCodes.NotAllowed);
        }

        if (!run.MayVisit())
        {
            return false;
        }

        var valid = true;
        foreach (var rule in _rules)
        {
            if (rule.Check(value, run))
            {
                continue;
            }

            valid = false;
            if (!run.WantsMore)
            {
                return false;
            }
        }

        return valid;
    }
}

/// <summary>One keyword, or a group of keywords that only make sense together. A rule passes values of types that it does not speak of.</summary>
internal abstract class Rule
{
    /// <summary>The schemas that this rule applies to the very same value.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    public abstract bool Check(JsonElement value, Validation run);
}

/// <summary>A rule as a function, for rules without subschemas.</summary>
internal sealed class ValueRule(Func<JsonElement, Validation, bool> check) : Rule
{
    public override bool Check(JsonElement value, Validation run) => check(value, run);
}
