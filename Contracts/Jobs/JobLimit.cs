using JobForge.Contracts.Json;

namespace JobForge.Contracts.Jobs;

/// <summary>
/// A limit that jobs of one tenant share by naming the same key. Each job obeys its own numbers: it starts while fewer than its
/// <paramref name="MaxRunning"/> jobs of the key have started and not ended.
/// </summary>
/// <param name="Key">1-128 characters of <c>[A-Za-z0-9._:-]</c>.</param>
/// <param name="MaxRunning">1-100,000; 1 by default.</param>
/// <param name="StartsPerMinute">1-1,000,000, spread evenly over the minute; null: no rate.</param>
public sealed record JobLimit(string Key, int MaxRunning = 1, int? StartsPerMinute = null)
{
    public const int MostRunning = 100_000;
    public const int MostStartsPerMinute = 1_000_000;

    internal static JobLimit? Read(FieldReader? fields) => fields is null
        ? null
        : new JobLimit(
            fields.RequiredId("key"),
            fields.Whole("max_running", 1, MostRunning) ?? 1,
            fields.Whole("starts_per_minute", 1, MostStartsPerMinute));
}
