using System.Buffers.Binary;

namespace JobForge.Storage.Doctor;

/// <summary>
/// Remembers ids in a fixed 16 MiB, whatever their number: what it says it has not seen, it has not. Of ten million ids it takes about one in forty strangers
/// for known, which then goes unexamined.
/// </summary>
internal sealed class IdFilter
{
    private const int Bits = 1 << 27;

    private readonly ulong[] _words = new ulong[Bits / 64];

    public void Add(Guid id)
    {
        foreach (var bit in BitsOf(id))
        {
            _words[bit >> 6] |= 1UL << (bit & 63);
        }
    }

    public bool MayHold(Guid id) => Array.TrueForAll(BitsOf(id), bit => (_words[bit >> 6] & (1UL << (bit & 63))) != 0);

    /// <summary>The tail of a UUIDv7 is random; multiplying spreads what is not.</summary>
    private static int[] BitsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var mixed = (BinaryPrimitives.ReadUInt64BigEndian(bytes) * 0x9E3779B97F4A7C15UL) ^ (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) * 0xC2B2AE3D27D4EB4FUL);
        return [(int)(mixed & (Bits - 1)), (int)((mixed >> 18) & (Bits - 1)), (int)((mixed >> 37) & (Bits - 1))];
    }
}
