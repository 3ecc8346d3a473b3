using JobForge.Contracts.Flags;
using JobForge.Contracts.Templates;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Hosting;

/// <summary>
/// Keeps this process's snapshot of the registry: seeds the templates at first start, loads, and follows the store twice a second, so that a change by
/// another process or by plain SQL is obeyed within a second.
/// </summary>
public sealed partial class RegistryWatch(
    IRegistryStore store, ITemplateStore templates, IReadOnlyList<JobTemplate> catalogue, FlagSet startFlags, TimeProvider time, ILogger<RegistryWatch> log)
    : IHostedService, IRegistry, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private RegistrySnapshot? _current;
    private Task _loop = Task.CompletedTask;

    public RegistrySnapshot Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("The registry is not loaded yet.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await templates.SeedAsync(catalogue, time.GetUtcNow(), cancellationToken);
        await RefreshAsync(cancellationToken);
        _loop = FollowAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task RefreshAsync(CancellationToken cancel)
    {
        // One load at a time, so that an older one never replaces a newer one. Waited for without the token, which is a detour over the thread pool.
        await _loading.WaitAsync(CancellationToken.None);
        try
        {
            Volatile.Write(ref _current, new RegistrySnapshot(await store.LoadAsync(cancel), startFlags, _current));
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _loading.Dispose();
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                if (await store.VersionAsync(stop) != Current.Version)
                {
                    await RefreshAsync(stop);
                }
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                LookFailed(failure);
            }
        }
    }

    [LoggerMessage(1401, LogLevel.Warning, "The registry could not be read; the last picture stays in force")]
    private partial void LookFailed(Exception failure);
}
