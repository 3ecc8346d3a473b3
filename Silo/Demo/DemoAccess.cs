using JobForge.Client;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Grains.Interfaces;
using JobForge.Silo.Hosting;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace JobForge.Silo.Demo;

/// <summary>The demo's tenant and keys. Keys of an earlier demo on the same data are revoked: their texts are kept nowhere.</summary>
public sealed record DemoAccess(Uri Gateway, TenantId Tenant, string AppKey, string AdminKey, string OperatorKey)
{
    private const string KeyName = "demo";

    public JobForgeClient App => new(Gateway, AppKey);

    public JobForgeClient Admin => new(Gateway, AdminKey);

    public JobForgeClient Operator => new(Gateway, OperatorKey);

    public static async Task<DemoAccess> PrepareAsync(SiloHost silo, CancellationToken cancel)
    {
        var tenant = new TenantId("demo");
        var registry = silo.Services.GetRequiredService<IGrainFactory>().Registry();
        await registry.PutTenant(new TenantChange(FirstStart.System, new TenantRequest(tenant, "Demo", null, null)));
        await RevokeEarlierAsync(silo.Services.GetRequiredService<IReadModel>(), registry, tenant, cancel);
        var app = await FirstStart.CreateKeyAsync(silo.Services, new ApiKeyRequest(tenant, ApiKeyRole.App, KeyName));
        var admin = await FirstStart.CreateKeyAsync(silo.Services, new ApiKeyRequest(tenant, ApiKeyRole.TenantAdmin, KeyName));
        var @operator = await FirstStart.CreateKeyAsync(silo.Services, new ApiKeyRequest(TenantId: null, ApiKeyRole.Operator, KeyName));
        return new DemoAccess(silo.Address, tenant, app.ApiKey, admin.ApiKey, @operator.ApiKey);
    }

    public void PrintHowToGoOn(TextWriter output, DemoSite site)
    {
        output.WriteLine($$"""

            JobForge keeps serving on {{Gateway}} (the faulty site: {{site.HttpUrl}}). Ctrl-C drains and stops. To go on:

              KEY={{AppKey}}            # role app, tenant demo
              OPERATOR={{OperatorKey}}  # role operator

              curl -s -H "Authorization: Bearer $KEY" {{Gateway}}v1/jobs
              curl -s -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" {{Gateway}}v1/jobs \
                -d '{"template_key":"autopilot.growth.seo_scan","inputs":{"url":"{{site.HttpUrl}}","depth":2} }'
              curl -s -H "Authorization: Bearer $OPERATOR" {{Gateway}}v1/templates
              curl -s {{Gateway}}v1/openapi.json
            """);
    }

    /// <summary>Never prints the keys.</summary>
    public override string ToString() => $"DemoAccess to {Gateway}";

    private static async Task RevokeEarlierAsync(IReadModel reads, IRegistryGrain registry, TenantId tenant, CancellationToken cancel)
    {
        var keys = (await reads.ApiKeysAsync(tenant, cancel)).Concat(await reads.ApiKeysAsync(tenant: null, cancel));
        foreach (var key in keys.Where(key => key.Name == KeyName && key.RevokedAt is null))
        {
            await registry.RevokeApiKey(new ApiKeyRevocation(FirstStart.System, key.KeyId, key.TenantId));
        }
    }
}
