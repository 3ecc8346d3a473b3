using System.Text;
using System.Text.RegularExpressions;

namespace JobForge.Contracts.Schemas;

/// <summary>Regular expressions of schemas: ECMAScript meaning, a bounded time a match.</summary>
internal static class SchemaPattern
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(100);

    /// <exception cref="ArgumentException">The pattern is malformed or beyond what .NET's ECMAScript mode knows.</exception>
    public static Regex Compile(string pattern) => new(EndsMeanEnds(pattern), RegexOptions.ECMAScript, MatchTime);

    /// <summary>A match that takes too long counts as none: the value cannot be shown to be valid.</summary>
    public static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>In ECMAScript <c>$</c> is the very end; in .NET it also stands before a last line break.</summary>
    private static string EndsMeanEnds(string pattern)
    {
        StringBuilder result = new(pattern.Length);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var unit = pattern[i];
            if (unit == '\\' && i + 1 < pattern.Length)
            {
                result.Append(unit).Append(pattern[++i]);
                continue;
            }

            inClass = unit == '[' || (inClass && unit != ']');
            result.Append(unit == '$' && !inClass ? @"(?![\s\S])" : unit.ToString());
        }

        return result.ToString();
    }
}
