using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using JobForge.Contracts.Ids;

namespace JobForge.Contracts.Policy;

/// <summary>
/// The keys of policy tokens: the first signs, all verify. To rotate, put the new key first and keep the old one until its tokens
/// have expired. Nothing here prints a secret.
/// </summary>
public sealed class PolicyKeyRing
{
    private const string LoneKeyId = "default";
    private const int GeneratedBytes = 32;

    private readonly FrozenDictionary<string, byte[]> _keys;

    private PolicyKeyRing(IReadOnlyList<(string Kid, byte[] Secret)> keys)
    {
        SigningKid = keys[0].Kid;
        _keys = keys.ToFrozenDictionary(key => key.Kid, key => key.Secret, StringComparer.Ordinal);
    }

    /// <summary>The id of the key that signs.</summary>
    public string SigningKid { get; }

    /// <summary>Reads <c>secret</c>, or <c>kid:secret,kid2:secret2</c>. A lone secret must not hold a colon or a comma.</summary>
    /// <exception cref="FormatException">The text is neither; the message shows none of it.</exception>
    public static PolicyKeyRing Parse(string text)
    {
        if (!text.Contains(':', StringComparison.Ordinal) && !text.Contains(',', StringComparison.Ordinal))
        {
            return new([(LoneKeyId, SecretOf(text))]);
        }

        var keys = text.Split(',', StringSplitOptions.TrimEntries).Select(ParseKey).ToList();
        if (keys.DistinctBy(key => key.Kid, StringComparer.Ordinal).Count() != keys.Count)
        {
            throw new FormatException("Two policy token keys have the same id.");
        }

        return new(keys);
    }

    /// <summary>A ring with one random key, for development: its tokens do not survive a restart.</summary>
    public static PolicyKeyRing Generate(RandomSource random)
    {
        Span<byte> secret = stackalloc byte[GeneratedBytes];
        random.Fill(secret);
        return Parse(Base64Url.EncodeToString(secret));
    }

    internal byte[] Sign(ReadOnlySpan<byte> message) => HMACSHA256.HashData(_keys[SigningKid], message);

    /// <summary>Compares in constant time. An unknown key verifies nothing.</summary>
    internal bool Verify(string kid, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _keys.TryGetValue(kid, out var secret) && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, message), signature);

    private static (string Kid, byte[] Secret) ParseKey(string entry)
    {
        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !OpaqueId.IsValid(entry[..colon]))
        {
            throw new FormatException("Policy token keys are written kid:secret,kid2:secret2.");
        }

        return (entry[..colon], SecretOf(entry[(colon + 1)..]));
    }

    private static byte[] SecretOf(string text) => string.IsNullOrWhiteSpace(text)
        ? throw new FormatException("A policy token key has an empty secret.")
        : Encoding.UTF8.GetBytes(text);

    public override string ToString() => $"PolicyKeyRing, signing with {SigningKid}, {_keys.Count} keys";
}
