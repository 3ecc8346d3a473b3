using System.Globalization;
using System.Text.Json;
using JobForge.Contracts.Errors;

namespace JobForge.Contracts.Json;

/// <summary>
/// Builds the dot paths of errors on the way out of a recursion, so that a value without errors pays nothing for its paths:
/// every level puts its own name before the errors that were added below it.
/// </summary>
internal static class FieldPaths
{
    public static void Prefix(List<FieldError>? errors, int from, int index)
    {
        if (errors?.Count > from)
        {
            Prefix(errors, from, index.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void Prefix(List<FieldError>? errors, int from, JsonProperty member)
    {
        if (errors?.Count > from)
        {
            Prefix(errors, from, NameOf(member) ?? "?");
        }
    }

    public static void Prefix(List<FieldError> errors, int from, string name)
    {
        for (var i = from; i < errors.Count; i++)
        {
            errors[i] = errors[i] with { Field = Join(name, errors[i].Field) };
        }
    }

    public static string Join(string parent, string child) => (parent, child) switch
    {
        (_, "") => parent,
        ("", _) => child,
        _ => $"{parent}.{child}",
    };

    /// <summary>The member's name, or null when its escapes are no valid text.</summary>
    public static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
