using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;

namespace JobForge.Grains.Tenants;

/// <summary>Makes API keys: the text goes to the caller once, the row keeps its keyed hash.</summary>
/// <param name="pepper">The installation's secret under which keys are hashed.</param>
public sealed class KeyMaker(RandomSource random, byte[] pepper)
{
    public (ApiKeyRow Row, string Text) Make(ApiKeyRequest request, DateTimeOffset now)
    {
        var (keyId, text) = ApiKeyText.Make(random);
        var row = new ApiKeyRow(keyId, request.TenantId, request.Role.Word(), request.Name ?? request.Role.Word(), ApiKeyText.Hash(pepper, text), now);
        return (row, text);
    }
}
