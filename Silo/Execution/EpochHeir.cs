using JobForge.Storage.Roles;
using Microsoft.Extensions.Logging;

namespace JobForge.Silo.Execution;

/// <summary>Takes over what ended processes left: their epochs as a whole, and their running jobs one by one.</summary>
public sealed partial class EpochHeir(IEpochStore epochs, Backlog backlog, DoubtfulJobs doubts, ExecutionOptions options, ILogger<EpochHeir> log)
{
    /// <summary>Begun, and not known to be through: the store may count them as held already, and would not name them again.</summary>
    private readonly HashSet<long> _begun = [];

    /// <summary>Inherits every epoch without a living holder. For one caller at a time.</summary>
    /// <returns>True when lost attempts were queued again.</returns>
    public async Task<bool> InheritAsync(long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        var requeued = 0;
        _begun.UnionWith(await epochs.DeclareDeadAsync(now, cancel));
        foreach (var ended in _begun.Order().ToArray())
        {
            requeued += await InheritAsync(ended, epoch, now, cancel);
            _begun.Remove(ended);
        }

        return requeued > 0;
    }

    /// <summary>Lets go of inherited epochs that own nothing any more.</summary>
    public async Task ForgetRecoveredAsync(long epoch, CancellationToken cancel)
    {
        if (backlog.HoldsOthers)
        {
            backlog.Forget(await epochs.RecoveredAsync(epoch, cancel));
        }
    }

    private async Task<int> InheritAsync(long ended, long epoch, DateTimeOffset now, CancellationToken cancel)
    {
        Inheritance inheritance;
        var requeued = 0;
        bool progress;
        do
        {
            // The lost attempts' own backoff is over by now: a lease has passed since they stopped.
            inheritance = await epochs.InheritAsync(ended, epoch, now, now, options.PageSize, cancel);
            requeued += inheritance.Requeued;
            progress = inheritance.Requeued > 0;
            foreach (var job in inheritance.Exhausted)
            {
                // One that cannot be ended now is looked up again, and shown by every inheritance until it has ended.
                progress |= await doubts.EndLostAsync(job, epoch);
            }
        }
        while (inheritance.More && progress);

        if (inheritance.Held)
        {
            Inherited(ended, epoch, requeued);
            backlog.Inherit(ended);
        }

        return requeued;
    }

    [LoggerMessage(1301, LogLevel.Information, "Epoch {Ended} ended with work left; epoch {Heir} holds it now ({Requeued} lost attempts queued again)")]
    private partial void Inherited(long ended, long heir, int requeued);
}
