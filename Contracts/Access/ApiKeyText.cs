using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Access;

/// <summary>
/// API keys: <c>jf_KEYID_SECRET</c> with a public id of 16 hex digits and 256 random bits in base64url. Only an HMAC under the
/// installation's pepper is stored, so a leaked database opens no door.
/// </summary>
public static class ApiKeyText
{
    public static (string KeyId, string Text) Make(RandomSource random)
    {
        Span<byte> bytes = stackalloc byte[40];
        random.Fill(bytes);
        var keyId = Convert.ToHexStringLower(bytes[..8]);
        return (keyId, $"jf_{keyId}_{Base64Url.EncodeToString(bytes[8..])}");
    }

    /// <summary>The public id inside a key's text, or null when the text has not the form of a key.</summary>
    public static string? KeyIdOf(string text) =>
        text.Length == 63 && text.StartsWith("jf_", StringComparison.Ordinal) && text[19] == '_' ? text[3..19] : null;

    /// <summary>HMAC-SHA256 of the whole text; compare with <see cref="CryptographicOperations.FixedTimeEquals"/>.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> pepper, string text) => HMACSHA256.HashData(pepper, Encoding.UTF8.GetBytes(text));
}
