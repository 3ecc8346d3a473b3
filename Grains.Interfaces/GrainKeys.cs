using JobForge.Contracts.Ids;
using Orleans;

namespace JobForge.Grains.Interfaces;

/// <summary>The only place that builds or parses a grain key. A tenant id never holds a slash, so the first one ends it.</summary>
public static class GrainKeys
{
    public static ITenantGrain Tenant(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<ITenantGrain>(tenant.Value);

    public static IPolicyGrain Policy(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<IPolicyGrain>(tenant.Value);

    public static IJobGrain Job(this IGrainFactory grains, TenantId tenant, JobId job) => grains.GetGrain<IJobGrain>($"{tenant.Value}/{job.Value:N}");

    public static IEventIntakeGrain EventIntake(this IGrainFactory grains) => grains.GetGrain<IEventIntakeGrain>("intake");

    public static IRegistryGrain Registry(this IGrainFactory grains) => grains.GetGrain<IRegistryGrain>("registry");

    public static TenantId ParseTenant(string key) => new(key);

    public static (TenantId Tenant, JobId Job) ParseJob(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (new TenantId(key[..slash]), new JobId(Guid.ParseExact(key[(slash + 1)..], "N")));
    }
}
