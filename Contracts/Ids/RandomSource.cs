using System.Security.Cryptography;

namespace JobForge.Contracts.Ids;

/// <summary>
/// The one source of randomness. Production draws from the operating system; simulation and tests pass a seeded source,
/// so that a run replays from its seed. Safe for use by several threads.
/// </summary>
public abstract class RandomSource
{
    /// <summary>Cryptographic randomness of the operating system.</summary>
    public static RandomSource Secure { get; } = new SecureRandomSource();

    /// <summary>A reproducible source: the same seed gives the same sequence. Never for secrets.</summary>
    public static RandomSource Seeded(ulong seed) => new SeededRandomSource(seed);

    public abstract void Fill(Span<byte> destination);

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (BitConverter.ToUInt64(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)(NextDouble() * exclusiveMax);
    }

    /// <summary>Each thread draws a block at once, since a draw costs microseconds whatever its size, and wipes what it has handed out.</summary>
    private sealed class SecureRandomSource : RandomSource
    {
        private const int BlockSize = 512;
        private const int MaxFromBlock = 64;

        [ThreadStatic]
        private static byte[]? t_block;

        [ThreadStatic]
        private static int t_left;

        public override void Fill(Span<byte> destination)
        {
            if (destination.Length > MaxFromBlock)
            {
                RandomNumberGenerator.Fill(destination);
                return;
            }

            var block = t_block ??= new byte[BlockSize];
            if (t_left < destination.Length)
            {
                RandomNumberGenerator.Fill(block);
                t_left = BlockSize;
            }

            t_left -= destination.Length;
            var drawn = block.AsSpan(t_left, destination.Length);
            drawn.CopyTo(destination);
            drawn.Clear();
        }
    }

    /// <summary>SplitMix64: tiny, well distributed, and the same on every machine and runtime.</summary>
    private sealed class SeededRandomSource(ulong seed) : RandomSource
    {
        private ulong _state = seed;

        public override void Fill(Span<byte> destination)
        {
            Span<byte> block = stackalloc byte[8];
            for (var offset = 0; offset < destination.Length; offset += 8)
            {
                BitConverter.TryWriteBytes(block, NextBits());
                block[..Math.Min(8, destination.Length - offset)].CopyTo(destination[offset..]);
            }
        }

        private ulong NextBits()
        {
            var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
