using System.Collections.Concurrent;
using JobForge.Contracts.Ids;

namespace JobForge.Gateway.Streams;

/// <summary>Counts the open streams of each tenant. Each costs a look at the rows at every poll, so a tenant may have only so many.</summary>
public sealed class RunStreams(GatewayOptions options)
{
    private readonly ConcurrentDictionary<TenantId, int> _open = new();

    /// <summary>A place that must be given back; null when the tenant has none left.</summary>
    public IDisposable? TryEnter(TenantId tenant)
    {
        if (_open.AddOrUpdate(tenant, 1, (_, open) => open + 1) <= options.StreamsPerTenant)
        {
            return new Place(this, tenant);
        }

        Leave(tenant);
        return null;
    }

    private void Leave(TenantId tenant)
    {
        if (_open.AddOrUpdate(tenant, 0, (_, open) => open - 1) == 0)
        {
            _open.TryRemove(KeyValuePair.Create(tenant, 0));
        }
    }

    private sealed class Place(RunStreams streams, TenantId tenant) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                streams.Leave(tenant);
            }
        }
    }
}
