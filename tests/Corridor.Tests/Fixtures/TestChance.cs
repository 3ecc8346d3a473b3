using JobForge.Contracts.Ids;

namespace JobForge.Corridor.Tests.Fixtures;

/// <summary>
/// Real randomness whose numbers are all small, so that a backoff of up to a second lasts some ten milliseconds: tests need not wait out the
/// dice. Ids draw from it too and stay unique.
/// </summary>
internal sealed class TestChance : RandomSource
{
    public override void Fill(Span<byte> destination)
    {
        Secure.Fill(destination);
        if (destination.Length == sizeof(ulong))
        {
            BitConverter.TryWriteBytes(destination, BitConverter.ToUInt64(destination) >> 6);
        }
    }
}
