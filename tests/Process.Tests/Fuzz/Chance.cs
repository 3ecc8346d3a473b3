using System.Globalization;
using JobForge.Contracts.Ids;

namespace JobForge.Process.Tests.Fuzz;

/// <summary>The choices of one request, all drawn from the campaign's seed and the request's number, so that each request can be made again alone.</summary>
internal sealed class Chance(ulong seed, int request)
{
    private readonly RandomSource _random = RandomSource.Seeded(seed ^ (((ulong)request + 1) * 0x9E3779B97F4A7C15UL));

    public bool OneIn(int times) => _random.Next(times) == 0;

    public int Next(int exclusiveMax) => _random.Next(exclusiveMax);

    public T Of<T>(params IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => _random.Next(10).ToString(CultureInfo.InvariantCulture)));

    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.Fill(bytes);
        return new Guid(bytes);
    }
}
