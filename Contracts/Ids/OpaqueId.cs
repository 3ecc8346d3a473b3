using System.Buffers;

namespace JobForge.Contracts.Ids;

/// <summary>The rule that tenant, project, actor ids and keys share.</summary>
public static class OpaqueId
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Lower-cases an id in UUID form (8-4-4-4-12); leaves every other id as it is.</summary>
    public static string Normalize(string text) =>
        text.Length == 36 && Guid.TryParseExact(text, "D", out var guid) ? guid.ToString("D") : text;
}
