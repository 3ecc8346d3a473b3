using JobForge.Storage.Roles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Hosting;

/// <summary>
/// Keeps the store in shape: room for the coming days, and nothing older than its retention. Once an hour, in every process; the acts are idempotent, so it does
/// not matter who comes first. A slice at a time, so that nobody waits for it.
/// </summary>
public sealed partial class UpkeepLoop(IStoreUpkeep upkeep, Retention retention, TimeProvider time, ILogger<UpkeepLoop> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Reads JOBFORGE_RETENTION_JOBS_DAYS, JOBFORGE_RETENTION_EVENTS_DAYS and JOBFORGE_RETENTION_AUDIT_DAYS; unset: kept for good.</summary>
    /// <exception cref="StartRefusedException">One of them is no number of days above 0.</exception>
    public static Retention ReadRetention(Func<string, string?> environment) => new()
    {
        FinishedJobs = Days(environment, "JOBFORGE_RETENTION_JOBS_DAYS"),
        Events = Days(environment, "JOBFORGE_RETENTION_EVENTS_DAYS"),
        AuditLogs = Days(environment, "JOBFORGE_RETENTION_AUDIT_DAYS"),
    };

    private async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await upkeep.EnsureAheadAsync(time.GetUtcNow(), stop);
                while (!stop.IsCancellationRequested && await upkeep.TrimAsync(retention, time.GetUtcNow(), stop))
                {
                }
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                UpkeepFailed(failure);
            }
        }
    }

    private static TimeSpan? Days(Func<string, string?> environment, string variable) =>
        WholeNumber.Read(environment, variable, "days", 1, 36_500) is { } days ? TimeSpan.FromDays(days) : null;

    [LoggerMessage(1601, LogLevel.Warning, "The store's upkeep failed; trying again in an hour")]
    private partial void UpkeepFailed(Exception failure);
}
