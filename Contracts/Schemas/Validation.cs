using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Schemas;

/// <summary>One validation under way: collects errors, or only asks yes or no where an answer decides between branches.</summary>
internal sealed class Validation
{
    /// <summary>Schema nodes that one validation visits at most; ends schemas whose branches multiply.</summary>
    private const int MaxVisits = 2_000_000;

    private List<FieldError>? _errors;
    private int _visits;
    private int _probes;

    public IReadOnlyList<FieldError> Errors => _errors ?? (IReadOnlyList<FieldError>)[];

    /// <summary>False when the first failure already settles the answer.</summary>
    public bool WantsMore => _probes == 0 && ErrorCount < JsonSchema.MaxErrors;

    private int ErrorCount => _errors?.Count ?? 0;

    /// <summary>Once true the answer is no, whatever a branch made of it: under a <c>not</c> an unfinished check would turn into a yes.</summary>
    public bool Overran => _visits > MaxVisits;

    public bool MayVisit() => ++_visits <= MaxVisits;

    /// <summary>Notes an error of the value at hand; always false, so that a check can return it.</summary>
    public bool Fail(string message, string code) => FailAt("", message, code);

    public bool FailAt(string field, string message, string code)
    {
        if (WantsMore)
        {
            (_errors ??= []).Add(new(field, message, code));
        }

        return false;
    }

    /// <summary>Checks without noting errors.</summary>
    public bool Probe(SchemaNode node, JsonElement value)
    {
        _probes++;
        var valid = node.Check(value, this);
        _probes--;
        return valid;
    }

    public bool CheckMember(SchemaNode node, JsonProperty member)
    {
        var before = ErrorCount;
        if (node.Check(member.Value, this))
        {
            return true;
        }

        FieldPaths.Prefix(_errors, before, member);
        return false;
    }

    public bool CheckItem(SchemaNode node, JsonElement item, int index)
    {
        var before = ErrorCount;
        if (node.Check(item, this))
        {
            return true;
        }

        FieldPaths.Prefix(_errors, before, index);
        return false;
    }
}
