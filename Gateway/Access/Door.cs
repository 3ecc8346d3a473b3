using JobForge.Contracts.Access;

namespace JobForge.Gateway.Access;

/// <summary>One route and who may use it; also the endpoint's metadata, which the gate and the OpenAPI document read.</summary>
/// <param name="Name">The operation's name, unique.</param>
/// <param name="LeastRole">The least role of a key that opens it; null: no key needed.</param>
public sealed record Door(string Name, string Method, string Pattern, ApiKeyRole? LeastRole, string Group, string Summary)
{
    /// <summary>Roles are no plain ladder: app, tenant admin and operator each include the one before; a worker's key opens workers' doors only.</summary>
    public bool Admits(ApiKeyRole role) => LeastRole switch
    {
        null => true,
        _ when role == ApiKeyRole.Operator => true,
        ApiKeyRole.Worker => role == ApiKeyRole.Worker,
        { } least => role != ApiKeyRole.Worker && role >= least,
    };
}
