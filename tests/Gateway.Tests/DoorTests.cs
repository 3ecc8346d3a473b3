using JobForge.Contracts.Access;
using JobForge.Gateway.Access;
using JobForge.Gateway.Tests.Doubles;
using Microsoft.AspNetCore.Routing;

namespace JobForge.Gateway.Tests;

public sealed class DoorTests
{
    [Fact]
    public async Task Every_mapped_route_has_its_door_and_every_door_of_the_table_is_mapped()
    {
        await using var host = await GatewayHost.StartAsync();
        var mapped = host.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Door>()?.Name ?? "no door: " + endpoint.RoutePattern.RawText);

        mapped.Order(StringComparer.Ordinal).ShouldBe(Doors.All.Select(door => door.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_route_answers_to_the_pattern_and_method_of_its_door()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var endpoint in host.Endpoints)
        {
            var door = endpoint.Metadata.GetMetadata<Door>()!;
            Normal(endpoint.RoutePattern.RawText!).ShouldBe(Normal(door.Pattern));
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.ShouldBe([door.Method]);
        }

        // The document's own route carries a parameter for the document's name.
        static string Normal(string pattern) => pattern.Replace("{documentName}", "v1", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_door_opens_to_the_roles_of_the_table_and_to_no_other()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var role in Enum.GetValues<ApiKeyRole>())
        {
            using var client = host.Client(role);
            foreach (var door in Doors.All)
            {
                var answer = await client.CallAsync(door.Method, DoorCases.Path(door, Guid.Empty), DoorCases.Body(door));
                var isShut = answer.Text.Contains("role does not open this door", StringComparison.Ordinal);
                isShut.ShouldBe(!MayOpen(role, door), $"{role} at {door.Name}");
            }
        }
    }

    [Fact]
    public async Task A_door_with_a_role_refuses_callers_without_a_key()
    {
        await using var host = await GatewayHost.StartAsync(configure: options => options with { FailedKeysPerMinute = 1000 });
        using var client = host.Client();
        foreach (var door in Doors.All)
        {
            var answer = await client.CallAsync(door.Method, DoorCases.Path(door, Guid.Empty), DoorCases.Body(door));
            ((int)answer.Status).ShouldBe(door.LeastRole is null ? 200 : 401, door.Name);
        }
    }

    /// <summary>Written out from the contract, not taken from the code under test.</summary>
    private static bool MayOpen(ApiKeyRole role, Door door)
    {
        string[] open = ["health", "ready", "openapi", "healthProbe", "readyProbe"];
        string[] admin =
        [
            "redriveDeadLetters", "pauseJobs", "resumeJobs", "patchTemplate", "patchFlags", "issuePolicyToken", "revokePolicyToken", "listAudit", "getTenant", "listApiKeys", "createApiKey",
            "deleteApiKey", "revokeApiKey",
        ];
        string[] cluster = ["listTenants", "createTenant", "patchTenant", "metrics", "metricsProbe"];
        return open.Contains(door.Name, StringComparer.Ordinal) || role switch
        {
            ApiKeyRole.Operator => true,
            ApiKeyRole.TenantAdmin => !cluster.Contains(door.Name, StringComparer.Ordinal),
            ApiKeyRole.App => !cluster.Contains(door.Name, StringComparer.Ordinal) && !admin.Contains(door.Name, StringComparer.Ordinal),
            _ => false,
        };
    }
}
