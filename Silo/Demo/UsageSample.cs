using System.Text.Json;
using JobForge.Contracts.Events;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Silo.Demo;

/// <summary>
/// A few hundred usage events of three API keys over the last six hours, and their totals, added up here independently of the handler that the demo
/// then asks for them.
/// </summary>
public sealed class UsageSample
{
    private const int EventCount = 360;

    public UsageSample(TenantId tenant, DateTimeOffset now, string traceId, string suffix)
    {
        var random = RandomSource.Seeded(42);
        KeyIds = [$"key-web-{suffix}", $"key-mobile-{suffix}", $"key-batch-{suffix}"];
        var events = new List<EventEnvelope>(EventCount);
        for (var i = 0; i < EventCount; i++)
        {
            var key = KeyIds[random.Next(KeyIds.Count)];
            var requests = 1 + random.Next(200);
            var bytes = requests * (500L + random.Next(4_000));
            (TotalRequests, TotalBytes) = (TotalRequests + requests, TotalBytes + bytes);
            RequestsByKey[key] = RequestsByKey.GetValueOrDefault(key) + requests;
            events.Add(new EventEnvelope
            {
                TenantId = tenant,
                EventType = "keys.usage.recorded",
                // One a minute, the newest a minute ago.
                OccurredAt = Timestamp.Truncate(now - TimeSpan.FromMinutes(i + 1)),
                TraceId = traceId,
                SourceApp = "keys",
                SourceModule = "core",
                Subject = new EventSubject("api_key", key),
                Payload = JsonSerializer.SerializeToElement(new { KeyId = key, Requests = requests, BytesTransferred = bytes }, ContractJson.Options),
            });
        }

        Events = events;
    }

    public IReadOnlyList<EventEnvelope> Events { get; }

    public IReadOnlyList<string> KeyIds { get; }

    public long TotalRequests { get; }

    public long TotalBytes { get; }

    public Dictionary<string, long> RequestsByKey { get; } = new(StringComparer.Ordinal);
}
