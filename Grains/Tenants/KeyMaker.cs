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
        var row = new ApiKeyRow(keyId, request.TenantId, Word(request.Role), request.Name ?? Word(request.Role), ApiKeyText.Hash(pepper, text), now);
        return (row, text);
    }

    private static string Word(ApiKeyRole role) => role switch
    {
        ApiKeyRole.App => "app",
        ApiKeyRole.TenantAdmin => "tenant_admin",
        ApiKeyRole.Operator => "operator",
        ApiKeyRole.Worker => "worker",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "A role without a word."),
    };
}
