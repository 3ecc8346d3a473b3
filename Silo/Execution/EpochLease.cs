using JobForge.Contracts.Jobs;
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

    /// <summary>Raised when an epoch is open and may take work.</summary>
    public event Action<long>? Opened;

    /// <summary>Whether this process may start and end jobs with this fence.</summary>
    public bool Holds(StoredJob job) => job.Holder is { } holder && holder == Current;

    public async Task OpenAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var expires = now + options.Lease;
        var epoch = await epochs.OpenAsync(options.Worker, now, expires, cancel);
        _expiresAt = expires;
        Volatile.Write(ref _current, epoch);
        LeaseOpened(epoch, options.Worker);
        Opened?.Invoke(epoch);
    }

    /// <summary>Renews, or notices the loss and opens anew. Called every <see cref="ExecutionOptions.RenewEvery"/>.</summary>
    /// <returns>What the store saw around; not alive when the lease was lost or could not be renewed now.</returns>
    public async Task<Renewal> RenewAsync(bool hungry, CancellationToken cancel)
    {
        if (Current is not { } epoch)
        {
            await OpenAsync(cancel);
            return default;
        }

        var now = time.GetUtcNow();
        try
        {
            var renewal = await epochs.RenewAsync(epoch, now, now + options.Lease, hungry, cancel);
            if (renewal.Alive)
            {
                _expiresAt = now + options.Lease;
                return renewal;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            RenewFailed(epoch, failure.Message);
            if (time.GetUtcNow() < _expiresAt)
            {
                return default;
            }
        }

        Lose(epoch);
        await OpenAsync(cancel);
        return default;
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
    private partial void LeaseOpened(long epoch, string worker);

    [LoggerMessage(1102, LogLevel.Warning, "Epoch {Epoch} could not be renewed: {Reason}")]
    private partial void RenewFailed(long epoch, string reason);

    [LoggerMessage(1103, LogLevel.Error, "Epoch {Epoch} is lost; its runs are stopped and belong to whoever takes them over")]
    private partial void LeaseLost(long epoch);
}
