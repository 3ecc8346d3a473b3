using System.Text.Json;
using JobForge.Client;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Contracts.Templates;

namespace JobForge.Process.Tests.Drive;

/// <summary>A tenant with an app's key in a running process, and the templates that its jobs use, all made through the API.</summary>
internal sealed record Tenancy(string OperatorKey, string AppKey)
{
    public static readonly TenantId Tenant = new("tenant-123");

    public static readonly WaitOptions Poll = new() { FirstDelay = TimeSpan.FromMilliseconds(50), LongestDelay = TimeSpan.FromMilliseconds(400), Timeout = TimeSpan.FromSeconds(60) };

    /// <param name="first">The first process on its data.</param>
    public static async Task<Tenancy> PrepareAsync(SiloProcess first)
    {
        var client = await first.OperatorAsync();
        await client.CreateTenantAsync(new TenantRequest(Tenant, "Load", null, null));
        foreach (var template in (string[])["keys.usage.aggregate", "autopilot.growth.seo_scan"])
        {
            await client.PatchTemplateAsync(template, new TemplatePatch { Enabled = true });
        }

        var made = await client.CreateApiKeyAsync(new ApiKeyRequest(Tenant, ApiKeyRole.App, "load"));
        return new Tenancy(await first.OperatorKeyAsync(), made.ApiKey);
    }

    public async Task<JobForgeClient> AppAsync(SiloProcess process) => new(await process.AddressAsync(), AppKey);

    public static JobRequest Usage(string idempotencyKey) => new()
    {
        TenantId = Tenant,
        TemplateKey = "keys.usage.aggregate",
        Inputs = Json(new { Period = "24h", Granularity = "hourly", KeyIds = new[] { idempotencyKey } }),
        IdempotencyKey = idempotencyKey,
    };

    public static JobRequest ScanOf(Uri url) => new() { TenantId = Tenant, TemplateKey = "autopilot.growth.seo_scan", Inputs = Json(new { url, Depth = 0 }) };

    /// <summary>Asks until the state is reached that the process is on its way to.</summary>
    public static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value, ContractJson.Options);

    /// <summary>Never prints the keys.</summary>
    public override string ToString() => "Tenancy";
}
