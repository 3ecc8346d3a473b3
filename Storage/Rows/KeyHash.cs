using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Rows;

/// <summary>
/// Sixteen bytes in place of a unique key of any length: half the index, and equal width. A collision would need 2^64 keys.
/// </summary>
internal static class KeyHash
{
    /// <summary>What makes an event unique: its key, or its content; null when nothing does.</summary>
    public static byte[]? OfEvent(NewEvent one) =>
        one.IdempotencyKey is { } key ? Of("key", one.Row.TenantId.Value, key)
        : one.UniqueByContent ? Of("content", one.Row.TenantId.Value, one.Digest)
        : null;

    /// <summary>Each part goes in with its length before it, so that ("ab", "c") and ("a", "bc") differ.</summary>
    public static byte[] Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var utf8 = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
            hash.AppendData(length);
            hash.AppendData(utf8);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return digest[..16].ToArray();
    }
}
