using System.Buffers.Binary;

namespace JobForge.Contracts.Ids;

/// <summary>
/// Makes the ids of our own rows: UUID version 7 (RFC 9562), from the injected clock and randomness, strictly increasing within
/// one source. Ordered ids keep inserts at the right edge of an index.
/// </summary>
public sealed class IdSource(TimeProvider time, RandomSource random)
{
    private readonly Lock _gate = new();
    private long _lastMillis;
    private int _sequence;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes[8..]);
        var (millis, sequence) = NextTick();
        BinaryPrimitives.WriteInt64BigEndian(bytes, millis << 16);
        // The 12 bits after the version hold a counter within the millisecond (RFC 9562, method 1).
        bytes[6] = (byte)(0x70 | (sequence >> 8));
        bytes[7] = (byte)sequence;
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private (long Millis, int Sequence) NextTick()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > _lastMillis)
            {
                (_lastMillis, _sequence) = (now, 0);
            }
            else if (++_sequence > 0xFFF)
            {
                // More than 4096 ids in one millisecond, or a clock that stepped back: borrow from the next millisecond.
                (_lastMillis, _sequence) = (_lastMillis + 1, 0);
            }

            return (_lastMillis, _sequence);
        }
    }
}
