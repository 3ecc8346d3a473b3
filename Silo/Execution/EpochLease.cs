using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>
/// This process's lease. <see cref="Current"/> is the epoch that owns whatever this process takes; when a lease is lost, everything under it is
/// dropped (the store refuses it anyway) and a new epoch is opened.
/// </summary>
public sealed partial class EpochLease(IEpochStore epochs, ExecutionOptions options, TimeProvider time, ILogger<EpochLease> log)
{
    private long _current;
    private DateTimeOffset _expiresAt;

    /// <summary>The open epoch; null between a loss and the next opening.</summary>
    public long? Current => Volatile.Read(ref _current) is var epoch and > 0 ? epoch : null;

    /// <summary>Raised once for each lost epoch, before a new one is opened.</summary>
    public event Action<long>? Lost;

    public async Task OpenAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var expires = now + options.Lease;
        var epoch = await epochs.OpenAsync(options.Worker, now, expires, cancel);
        _expiresAt = expires;
        Volatile.Write(ref _current, epoch);
        Opened(epoch, options.Worker);
    }

    /// <summary>Renews, or notices the loss and opens anew. Called every <see cref="ExecutionOptions.RenewEvery"/>.</summary>
    public async Task RenewAsync(CancellationToken cancel)
    {
        if (Current is not { } epoch)
        {
            await OpenAsync(cancel);
            return;
        }

        var expires = time.GetUtcNow() + options.Lease;
        try
        {
            if (await epochs.RenewAsync(epoch, expires, cancel))
            {
                _expiresAt = expires;
                return;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            RenewFailed(epoch, failure.Message);
            if (time.GetUtcNow() < _expiresAt)
            {
                return;
            }
        }

        Lose(epoch);
        await OpenAsync(cancel);
    }

    public async Task CloseAsync(CancellationToken cancel)
    {
        if (Current is { } epoch)
        {
            Volatile.Write(ref _current, 0);
            await epochs.CloseAsync(epoch, cancel);
        }
    }

    private void Lose(long epoch)
    {
        Volatile.Write(ref _current, 0);
        LeaseLost(epoch);
        Lost?.Invoke(epoch);
    }

    [LoggerMessage(1101, LogLevel.Information, "Epoch {Epoch} opened for {Worker}")]
    private partial void Opened(long epoch, string worker);

    [LoggerMessage(1102, LogLevel.Warning, "Epoch {Epoch} could not be renewed: {Reason}")]
    private partial void RenewFailed(long epoch, string reason);

    [LoggerMessage(1103, LogLevel.Error, "Epoch {Epoch} is lost; its runs are stopped and belong to whoever takes them over")]
    private partial void LeaseLost(long epoch);
}
