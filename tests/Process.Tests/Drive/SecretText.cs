using System.Text;
using System.Text.RegularExpressions;

namespace JobForge.Process.Tests.Drive;

/// <summary>Looks for what must never be written: texts of API keys and of policy tokens.</summary>
internal static partial class SecretText
{
    /// <param name="further">Texts known to the test.</param>
    /// <returns>Where something was found.</returns>
    public static IReadOnlyList<string> In(DataFolder data, params string[] further) => [.. data.Files.SelectMany(file => InFile(file, further))];

    public static IEnumerable<string> InText(string text) => Shape().Matches(text).Select(match => match.Value);

    private static IEnumerable<string> InFile(string file, string[] further)
    {
        // One character a byte, so that texts inside binary pages are found. Shared, since a live process may hold the file.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var text = reader.ReadToEnd();
        return InText(text).Concat(further.Where(secret => text.Contains(secret, StringComparison.Ordinal))).Select(found => $"{file}: {found}").ToList();
    }

    // A policy token is base64url of canonical JSON, whose first member is action.
    [GeneratedRegex("jf_[0-9a-f]{16}_[A-Za-z0-9_-]{43}|eyJhY3Rpb24iOi[A-Za-z0-9_-]*")]
    private static partial Regex Shape();
}
