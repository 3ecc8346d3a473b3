using System.Buffers.Binary;
using System.Buffers.Text;

namespace JobForge.Storage.Rows;

/// <summary>The position after a row, as the opaque text that pages carry: a letter for the list, the time where the list sorts by one, the id.</summary>
internal static class PageCursor
{
    public const byte Jobs = (byte)'j';
    public const byte Events = (byte)'e';
    public const byte Audit = (byte)'a';
    public const byte DeadLetters = (byte)'d';

    private const int Length = 25;

    public static string Write(byte list, Guid id, DateTimeOffset? at = null)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = list;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], at?.ToUnixTimeMilliseconds() ?? 0);
        id.TryWriteBytes(bytes[9..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The position; without a cursor one before every row.</summary>
    /// <exception cref="FormatException">The text was not written by <see cref="Write"/> for this list.</exception>
    public static (long At, byte[] Id) Read(byte list, string? cursor)
    {
        if (cursor is null)
        {
            // Seventeen bytes sort after every id of sixteen.
            return (long.MaxValue, [.. Enumerable.Repeat((byte)0xFF, 17)]);
        }

        Span<byte> bytes = stackalloc byte[Length];
        if (cursor.Length != Base64Url.GetEncodedLength(Length)
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out var written) || written != Length || bytes[0] != list
            || !string.Equals(Base64Url.EncodeToString(bytes), cursor, StringComparison.Ordinal))
        {
            throw new FormatException("The cursor is not one of this list.");
        }

        return (BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), bytes[9..].ToArray());
    }
}
