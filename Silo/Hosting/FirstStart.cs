using JobForge.Contracts.Access;
using JobForge.Grains.Interfaces;
using JobForge.Storage.Roles;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace JobForge.Silo.Hosting;

/// <summary>An installation without any operator key cannot be entered: its first start makes one and shows it once.</summary>
public static class FirstStart
{
    public static readonly Caller System = new(KeyId: null, "start", "system");

    public static async Task OfferOperatorKeyAsync(IServiceProvider services, TextWriter output)
    {
        var known = await services.GetRequiredService<IReadModel>().ApiKeysAsync(tenant: null, CancellationToken.None);
        if (known.Any(key => key.RevokedAt is null))
        {
            return;
        }

        var created = await CreateKeyAsync(services, new ApiKeyRequest(TenantId: null, ApiKeyRole.Operator, "first start"));
        // To the terminal only, never through the logger: the text is kept nowhere.
        await output.WriteLineAsync($"No operator key yet. This one is shown once, keep it: {created.ApiKey}");
    }

    /// <exception cref="InvalidOperationException">The registry refused, e.g. for an unknown tenant.</exception>
    public static async Task<CreatedApiKey> CreateKeyAsync(IServiceProvider services, ApiKeyRequest request)
    {
        var outcome = await services.GetRequiredService<IGrainFactory>().Registry().CreateApiKey(new ApiKeyCreation(System, request));
        return outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;
    }
}
