using System.Collections.Concurrent;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Grains.Tenants;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Execution;

/// <summary>
/// Opens the gates of concurrency and rate limits: at hints at once, when a rate's next token comes, and in the sweep. Whatever it remembers may be lost;
/// the store alone decides what passes, so several processes may open one gate at a time. A shut gate holds up nobody but those before it.
/// </summary>
public sealed class GateKeeper(IHoldStore holds, IRegistry registry, EpochLease lease, RunQueue ready, ExecutionOptions options)
{
    /// <summary>Gates that a sweep, or the end of one job in a limited tenant, looks at.</summary>
    private const int GatesAtOnce = 500;

    private readonly ConcurrentDictionary<GateAddress, DateTimeOffset> _lookAt = new();
    private GateAddress? _sweptTo;
    // Asked at every turn of the pump, where the dictionary's own answer would take all its locks.
    private volatile bool _noted;

    /// <summary>The job stands before its gate, or has left its place behind it.</summary>
    public void Note(StoredJob job)
    {
        if (job.GateKey is { } key)
        {
            Note(new GateAddress(job.Row.TenantId, key), DateTimeOffset.MinValue);
        }
    }

    public TimeSpan UntilNext(DateTimeOffset now)
    {
        if (!_noted || ready.Room == 0 || lease.Current is null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var next = _lookAt.Values.DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        return next > now ? next - now : TimeSpan.Zero;
    }

    /// <summary>Opens the gates that hints named or whose time has come.</summary>
    public async Task OpenNotedAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (!_noted)
        {
            return;
        }

        _noted = false;
        try
        {
            await OpenDueAsync(now, cancel);
        }
        finally
        {
            _noted |= !_lookAt.IsEmpty;
        }
    }

    /// <summary>Looks at waiting gates, from where the last sweep stopped.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var gates = await holds.WaitingGatesAsync(_sweptTo, GatesAtOnce, cancel);
        _sweptTo = gates.Count == GatesAtOnce ? gates[^1] : null;
        foreach (var gate in gates)
        {
            await OpenAsync(gate, now, cancel);
        }
    }

    private async Task OpenDueAsync(DateTimeOffset now, CancellationToken cancel)
    {
        // The one that was noted first comes first; a dictionary's own order would differ from run to run.
        foreach (var (gate, at) in _lookAt.OrderBy(noted => noted.Value).ThenBy(noted => noted.Key.Tenant.Value, StringComparer.Ordinal).ThenBy(noted => noted.Key.Key, StringComparer.Ordinal))
        {
            if (at <= now && ready.Room > 0 && _lookAt.TryRemove(KeyValuePair.Create(gate, at)))
            {
                await OpenWithNeighboursAsync(gate, now, cancel);
            }
        }
    }

    /// <summary>A tenant's own limits are shared by all its gates: what one job leaves may be another gate's to use.</summary>
    private async Task OpenWithNeighboursAsync(GateAddress gate, DateTimeOffset now, CancellationToken cancel)
    {
        await OpenAsync(gate, now, cancel);
        if (!LimitsOf(gate.Tenant).Any)
        {
            return;
        }

        foreach (var neighbour in await holds.WaitingGatesOfAsync(gate.Tenant, GatesAtOnce, cancel))
        {
            if (neighbour != gate)
            {
                await OpenAsync(neighbour, now, cancel);
            }
        }
    }

    private async Task OpenAsync(GateAddress gate, DateTimeOffset now, CancellationToken cancel)
    {
        GateOpening opening;
        do
        {
            if (lease.Current is not { } epoch || ready.Room == 0)
            {
                Note(gate, now);
                return;
            }

            var limit = Math.Min(ready.Room, options.PageSize);
            opening = await TryOpenAsync(new GateVisit(gate, LimitsOf(gate.Tenant), new Taker(epoch, ready.VirtualTime, now), limit), cancel);
            ready.Take(opening.Released);
        }
        while (opening.More);

        if (opening.NextAt is { } next)
        {
            Note(gate, next);
        }
    }

    private async Task<GateOpening> TryOpenAsync(GateVisit visit, CancellationToken cancel)
    {
        try
        {
            return await holds.OpenGateAsync(visit, cancel);
        }
        catch
        {
            // The hint must outlive the fault, or the gate would wait for a sweep.
            Note(visit.Gate, visit.Taker.At);
            throw;
        }
    }

    private void Note(GateAddress gate, DateTimeOffset at)
    {
        _lookAt.AddOrUpdate(gate, at, (_, known) => at < known ? at : known);
        _noted = true;
    }

    private GateLimits LimitsOf(TenantId tenant) => registry.Current.Tenant(tenant)?.Limits ?? default;
}
