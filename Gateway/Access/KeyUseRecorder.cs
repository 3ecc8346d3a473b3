using System.Collections.Concurrent;
using JobForge.Grains.Interfaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace JobForge.Gateway.Access;

/// <summary>Gathers when keys were last used and hands it on in one call each half minute: a write a request would cost more than it tells.</summary>
public sealed partial class KeyUseRecorder(IGrainFactory grains, TimeProvider time, GatewayOptions options, ILogger<KeyUseRecorder> log) : BackgroundService
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastUsed = new(StringComparer.Ordinal);

    public void Used(string keyId) => _lastUsed[keyId] = time.GetUtcNow();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.KeyUseInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; StopAsync hands on the rest.
        }
    }

    private async Task FlushAsync()
    {
        KeyUseEntry[] gathered = [.. _lastUsed.Select(pair => new KeyUseEntry(pair.Key, pair.Value))];
        if (gathered.Length == 0)
        {
            return;
        }

        try
        {
            await grains.Registry().RecordKeyUse(new KeyUse(gathered));
            foreach (var entry in gathered)
            {
                _lastUsed.TryRemove(KeyValuePair.Create(entry.KeyId, entry.LastUsedAt));
            }
        }
        catch (Exception fault)
        {
            LogNotRecorded(fault, gathered.Length);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last-used times of {Count} API keys were not recorded; the next round tries again")]
    private partial void LogNotRecorded(Exception fault, int count);
}
