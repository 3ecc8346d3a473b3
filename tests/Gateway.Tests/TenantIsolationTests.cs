using System.Net;
using System.Text.Json.Nodes;
using JobForge.Contracts.Access;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Manifests;
using JobForge.Gateway.Access;
using JobForge.Gateway.Tests.Doubles;

namespace JobForge.Gateway.Tests;

public sealed class TenantIsolationTests
{
    /// <summary>Doors that speak of no tenant: the cluster's registry, and the process itself.</summary>
    private static readonly string[] Tenantless =
    [
        "listTemplates", "getTemplate", "listTenants", "createTenant", "patchTenant", "health", "ready", "metrics", "openapi", "healthProbe", "readyProbe", "metricsProbe",
    ];

    /// <summary>Doors whose path names something that belongs to a tenant, so that nothing else need name it.</summary>
    private static readonly string[] NamedByPath = ["getTenant", "deleteApiKey", "revokeApiKey"];

    private static IEnumerable<Door> Tenanted => Doors.All.Where(door => !Tenantless.Contains(door.Name, StringComparer.Ordinal));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_names_another_tenant_is_forbidden_at_every_door_and_nothing_of_that_tenant_is_touched(bool inQuery)
    {
        await using var host = await GatewayHost.StartAsync();
        var run = Seed(host, GatewayHost.Rival);
        using var client = host.Client(ApiKeyRole.TenantAdmin);
        foreach (var door in Tenanted.ExceptBy(NamedByPath, door => door.Name, StringComparer.Ordinal).Where(door => inQuery || door.Method is "POST" or "PATCH"))
        {
            var path = DoorCases.Path(door, run) + (inQuery ? "?tenant_id=" + GatewayHost.Rival : "");
            var answer = await client.CallAsync(door.Method, path, inQuery ? DoorCases.Body(door) : NamingRival(DoorCases.Body(door)));

            answer.Status.ShouldBe(HttpStatusCode.Forbidden, door.Name);
            answer.Code.ShouldBe("FORBIDDEN", door.Name);
        }

        NothingOfRivalWasTouched(host);
    }

    [Fact]
    public async Task The_refusal_is_the_same_whether_the_other_tenant_exists_or_not()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Rows.Tenants.Add(new(new(GatewayHost.Rival), "Rival", 1, 1, Sample.Now));
        using var client = host.Client(ApiKeyRole.TenantAdmin);

        foreach (var path in new[] { "/v1/tenants/{0}", "/v1/jobs?tenant_id={0}", "/v1/audit?tenant_id={0}" })
        {
            var there = await client.ReadAsync(path.Replace("{0}", GatewayHost.Rival, StringComparison.Ordinal));
            var absent = await client.ReadAsync(path.Replace("{0}", "nobody", StringComparison.Ordinal));

            (there.Status, there.Code, there.Message).ShouldBe((absent.Status, absent.Code, absent.Message));
            there.Status.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_run_of_another_tenant_is_not_found_at_every_door_that_names_one()
    {
        await using var host = await GatewayHost.StartAsync();
        var run = Seed(host, GatewayHost.Rival);
        using var client = host.Client(ApiKeyRole.TenantAdmin);
        var doors = Tenanted.Where(door => door.Pattern.Contains("{id}", StringComparison.Ordinal)).ExceptBy(NamedByPath, door => door.Name, StringComparer.Ordinal).ToArray();
        doors.Length.ShouldBeGreaterThan(8);
        foreach (var door in doors)
        {
            var answer = await client.CallAsync(door.Method, DoorCases.Path(door, run), DoorCases.Body(door));

            answer.Status.ShouldBe(HttpStatusCode.NotFound, door.Name);
            answer.Code.ShouldBe("NOT_FOUND", door.Name);
        }

        NothingOfRivalWasTouched(host);
    }

    [Fact]
    public async Task The_same_run_is_found_by_its_own_tenant_so_the_refusals_above_are_about_the_tenant()
    {
        await using var host = await GatewayHost.StartAsync();
        var run = Seed(host, GatewayHost.Rival);
        using var client = host.Client(ApiKeyRole.TenantAdmin, GatewayHost.Rival);
        foreach (var door in Tenanted.Where(door => door.Pattern.Contains("{id}", StringComparison.Ordinal)).ExceptBy(NamedByPath, door => door.Name, StringComparer.Ordinal))
        {
            var answer = await client.CallAsync(door.Method, DoorCases.Path(door, run), DoorCases.Body(door));

            ((int)answer.Status).ShouldBeInRange(200, 299, door.Name);
        }
    }

    [Fact]
    public async Task A_tenants_admin_revokes_keys_within_its_tenant_and_makes_no_operators()
    {
        await using var host = await GatewayHost.StartAsync();
        using var admin = host.Client(ApiKeyRole.TenantAdmin);

        await admin.CallAsync("DELETE", "/v1/api-keys/0123456789abcdef");
        var operatorKey = await admin.SendAsync("/v1/api-keys", """{"role":"operator"}""");

        host.Grains.Revocations.ShouldHaveSingleItem().Tenant.ShouldBe(new TenantId(GatewayHost.Acme));
        operatorKey.Code.ShouldBe("FORBIDDEN");
    }

    [Fact]
    public async Task An_operator_names_the_tenant_where_a_route_needs_one()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.Operator);

        var without = await client.ReadAsync("/v1/jobs");
        var with = await client.ReadAsync("/v1/jobs?tenant_id=rival");

        without.Code.ShouldBe("VALIDATION_ERROR");
        without.Json.GetProperty("details")[0].GetProperty("field").GetString().ShouldBe("tenant_id");
        with.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_item_of_a_batch_for_another_tenant_is_refused_alone()
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = host.Client(ApiKeyRole.App);

        var answer = await client.SendAsync("/v1/jobs:batch", """{"jobs":[{"template_key":"a.b"},{"template_key":"a.b","tenant_id":"rival"}]}""");

        answer.Status.ShouldBe(HttpStatusCode.MultiStatus);
        answer.Json.GetProperty("items")[1].GetProperty("error").GetProperty("code").GetString().ShouldBe("FORBIDDEN");
        host.Grains.Requested.ShouldHaveSingleItem().TenantId.ShouldBe(new TenantId(GatewayHost.Acme));
    }

    private static Guid Seed(GatewayHost host, string tenant)
    {
        // Ended, so that its stream ends too.
        var job = Sample.Job(tenant, JobStatus.Succeeded);
        var digest = host.Artifacts.Put([1, 2, 3]);
        host.Rows.Jobs.Add(job);
        host.Rows.Manifests.Add(Sample.Manifest(job, new ManifestOutput("report.json", "json", "ref", 3, "sha256:" + digest)));
        host.Rows.Templates.Add(Sample.Template("autopilot.ops.scan"));
        return job.Id.Value;
    }

    private static string NamingRival(string? body)
    {
        var node = body is null ? [] : JsonNode.Parse(body)!.AsObject();
        node["tenant_id"] = GatewayHost.Rival;
        return node.ToJsonString();
    }

    private static void NothingOfRivalWasTouched(GatewayHost host)
    {
        host.Grains.Touched.Contains(GatewayHost.Rival, StringComparer.Ordinal).ShouldBeFalse();
        host.Rows.AskedFor.ShouldNotContain(new TenantId(GatewayHost.Rival));
        host.Grains.Submitted.ShouldBeEmpty();
        host.Grains.Requested.ShouldBeEmpty();
    }
}
