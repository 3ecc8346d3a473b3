using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JobForge.Contracts.Json;

/// <summary>
/// Canonical JSON by RFC 8785 (JCS): members sorted by UTF-16 units, no blanks, numbers as ECMAScript prints them. Values that JCS
/// cannot express (one name twice, half a surrogate pair, a number beyond a double) throw; <see cref="JsonLimits"/> refuses the
/// same values at the door, so behind it a throw is a bug.
/// </summary>
public static class CanonicalJson
{
    [ThreadStatic]
    private static CanonicalWriter? s_writer;

    [ThreadStatic]
    private static IncrementalHash? s_hash;

    /// <exception cref="JsonException">The value has no canonical form.</exception>
    public static byte[] Serialize(JsonElement value) => With(value, static bytes => bytes.ToArray());

    /// <exception cref="JsonException">The value has no canonical form.</exception>
    public static string SerializeToString(JsonElement value) => With(value, static bytes => Encoding.UTF8.GetString(bytes));

    /// <exception cref="JsonException">The value has no canonical form.</exception>
    public static void Write(JsonElement value, IBufferWriter<byte> destination)
    {
        var writer = Rent();
        destination.Write(writer.Canonicalise(JsonMarshal.GetRawUtf8Value(value)));
        Return(writer);
    }

    /// <summary>Lower-case hex SHA-256 over the canonical UTF-8.</summary>
    /// <exception cref="JsonException">The value has no canonical form.</exception>
    public static string Digest(JsonElement value) => With(value, DigestOf);

    /// <summary>Lower-case hex SHA-256.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // A hash that is kept costs half of one that is made for each of these short texts.
        var kept = s_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        kept.AppendData(bytes);
        kept.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash);
    }

    private delegate T Finish<out T>(ReadOnlySpan<byte> canonical);

    private static T With<T>(JsonElement value, Finish<T> finish)
    {
        var writer = Rent();
        var result = finish(writer.Canonicalise(JsonMarshal.GetRawUtf8Value(value)));
        Return(writer);
        return result;
    }

    private static CanonicalWriter Rent()
    {
        var writer = s_writer ?? new CanonicalWriter();
        s_writer = null;
        return writer;
    }

    /// <summary>A writer that threw is not returned; one that grew large is let go, so that a rare big body does not stay in memory.</summary>
    private static void Return(CanonicalWriter writer)
    {
        if (writer.Capacity <= 64 * 1024)
        {
            s_writer = writer;
        }
    }
}
