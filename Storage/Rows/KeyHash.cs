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
        var most = 0;
        foreach (var part in parts)
        {
            most += sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length);
        }

        // One call of the hash over one buffer: setting up an incremental one costs more than these few bytes.
        var buffer = most <= 2_048 ? stackalloc byte[most] : new byte[most];
        var used = 0;
        foreach (var part in parts)
        {
            var length = Encoding.UTF8.GetBytes(part, buffer[(used + sizeof(int))..]);
            BinaryPrimitives.WriteInt32BigEndian(buffer[used..], length);
            used += sizeof(int) + length;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..used], digest);
        return digest[..16].ToArray();
    }
}
