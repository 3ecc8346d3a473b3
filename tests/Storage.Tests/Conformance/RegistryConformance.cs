using System.Text.Json;
using JobForge.Contracts.Audit;
using JobForge.Contracts.Flags;
using JobForge.Contracts.Templates;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Conformance;

public abstract class RegistryConformance<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Templates_are_seeded_once_as_they_say_and_later_seeds_leave_them_alone()
    {
        await Store.Templates.SeedAsync([Template("a"), Template("of_the_system") with { Enabled = true }], Now, None);
        (await Store.Read.TemplateAsync("a", None))!.Enabled.ShouldBeFalse();
        (await Store.Templates.UpdateAsync(Template("a") with { Enabled = true, Name = "changed", RequiredScopes = ["ops:write"] }, Audit(null), None)).ShouldBeTrue();

        await Store.Templates.SeedAsync([Template("a"), Template("b")], Now, None);

        var templates = await Store.Read.TemplatesAsync(None);
        templates.Select(one => (one.TemplateKey, one.Enabled, one.Name)).ShouldBe([("a", true, "changed"), ("b", false, "name"), ("of_the_system", true, "name")]);
        templates[0].RequiredScopes.ShouldBe(["ops:write"]);
        (await Store.Templates.UpdateAsync(Template("none"), Audit(null), None)).ShouldBeFalse();
        (await Store.Read.AuditAsync(new AuditQuery(), None)).Items.Count.ShouldBe(1, "an update of nothing is not audited");
    }

    [Fact]
    public async Task The_version_moves_on_every_change_of_the_registry_and_on_nothing_else()
    {
        await Store.Templates.SeedAsync([Template("a")], Now, None);
        var last = await Store.Registry.VersionAsync(None);
        await AdmitAsync(Job());
        (await Store.Registry.VersionAsync(None)).ShouldBe(last, "a job is no part of the registry");

        foreach (var change in (Func<Task>[])
            [
                () => Store.Tenants.PutTenantAsync(new TenantRow(Acme, "Acme", 10, 10, Now), Audit(Acme), None),
                () => Store.Tenants.SetFlagAsync(Acme, FeatureFlag.EventsEnabled, true, Audit(Acme), None),
                () => Store.Tenants.SetFlagAsync(Acme, FeatureFlag.EventsEnabled, null, Audit(Acme), None),
                () => Store.Tenants.SetTenantTemplateAsync(Acme, "a", false, Audit(Acme), None),
                () => Store.Templates.UpdateAsync(Template("a"), Audit(null), None),
                () => Fixture.SqlAsync("UPDATE jobforge_job_templates SET enabled = true WHERE template_key IN ('a')"),
                () => Fixture.SqlAsync("INSERT INTO jobforge_flags (flag, value) VALUES ('events_enabled', true)"),
                () => Fixture.SqlAsync("DELETE FROM jobforge_tenants"),
            ])
        {
            await change();
            var version = await Store.Registry.VersionAsync(None);
            version.ShouldBeGreaterThan(last);
            (await Store.Registry.LoadAsync(None)).Version.ShouldBe(version);
            last = version;
        }

        (await Store.Registry.LoadAsync(None)).Templates.ShouldHaveSingleItem().Enabled.ShouldBeTrue();
    }

    [Fact]
    public async Task Flags_are_kept_for_the_cluster_and_for_a_tenant_and_the_last_value_counts()
    {
        await Store.Tenants.SetFlagAsync(null, FeatureFlag.EventsEnabled, true, Audit(null), None);
        await Store.Tenants.SetFlagAsync(null, FeatureFlag.EventsEnabled, false, Audit(null), None);
        await Store.Tenants.SetFlagAsync(Acme, FeatureFlag.EventsEnabled, true, Audit(Acme), None);
        await Store.Tenants.SetFlagAsync(Acme, FeatureFlag.TriggersEnabled, true, Audit(Acme), None);
        await Store.Tenants.SetFlagAsync(Acme, FeatureFlag.TriggersEnabled, null, Audit(Acme), None);
        await Fixture.SqlAsync("INSERT INTO jobforge_flags (flag, value) VALUES ('of_a_newer_version', true)");

        var rows = await Store.Registry.LoadAsync(None);

        rows.Flags.ShouldBe([(null, FeatureFlag.EventsEnabled, false), (Acme, FeatureFlag.EventsEnabled, true)]);
        (await Store.Read.AuditAsync(new AuditQuery { TenantId = Acme }, None)).Items.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Tenants_and_their_template_switches_are_created_and_changed()
    {
        await Store.Tenants.PutTenantAsync(new TenantRow(Acme, "Acme", 10, 20, Now), Audit(Acme), None);
        await Store.Tenants.PutTenantAsync(new TenantRow(Acme, "Acme Ltd", 11, 21, Now.AddDays(1)), Audit(Acme), None);
        await Store.Tenants.SetTenantTemplateAsync(Acme, "a", true, Audit(Acme), None);
        await Store.Tenants.SetTenantTemplateAsync(Acme, "a", false, Audit(Acme), None);

        (await Store.Read.TenantAsync(Acme, None)).ShouldBe(new TenantRow(Acme, "Acme Ltd", 11, 21, Now));
        (await Store.Read.TenantAsync(Other, None)).ShouldBeNull();
        (await Store.Read.TenantsAsync(None)).Count.ShouldBe(1);
        (await Store.Registry.LoadAsync(None)).TenantTemplates.ShouldBe([(Acme, "a", false)]);
    }

    [Fact]
    public async Task A_key_is_revoked_once_by_its_own_tenant_or_by_an_operator()
    {
        await Store.Tenants.AddApiKeyAsync(new ApiKeyRow("k1", Acme, "app", "n", [1, 2], Now), Audit(Acme), None);
        await Store.Tenants.AddApiKeyAsync(new ApiKeyRow("k2", null, "operator", "n", [3], Now), Audit(null), None);

        (await Store.Tenants.RevokeApiKeyAsync("k1", Other, Now, Audit(Other), None)).ShouldBeFalse();
        (await Store.Tenants.RevokeApiKeyAsync("k2", Acme, Now, Audit(Acme), None)).ShouldBeFalse("an operator's key is no tenant's to revoke");
        (await Store.Tenants.RevokeApiKeyAsync("k1", Acme, Now, Audit(Acme), None)).ShouldBeTrue();
        (await Store.Tenants.RevokeApiKeyAsync("k1", null, Now, Audit(null), None)).ShouldBeFalse();
        (await Store.Tenants.RevokeApiKeyAsync("k2", null, Now, Audit(null), None)).ShouldBeTrue();

        (await Store.Read.ApiKeyAsync("k1", None))!.ShouldSatisfyAllConditions(key => key.KeyHash.ShouldBe([1, 2]), key => key.RevokedAt.ShouldBe(Now));
        (await Store.Read.ApiKeyAsync("none", None)).ShouldBeNull();
        (await Store.Read.ApiKeysAsync(Acme, None)).ShouldHaveSingleItem().KeyHash.ShouldBeEmpty("a list never holds a hash");
        (await Store.Read.ApiKeysAsync(null, None)).ShouldHaveSingleItem().KeyId.ShouldBe("k2");
        (await Store.Read.ApiKeysAsync(Other, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_use_of_a_key_never_moves_back()
    {
        await Store.Tenants.AddApiKeyAsync(new ApiKeyRow("k1", Acme, "app", "n", [1], Now), Audit(Acme), None);
        async Task UseAsync(DateTimeOffset at) => await Store.Tenants.RecordKeyUseAsync(new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["k1"] = at }, None);

        await UseAsync(Now.AddMinutes(2));
        await UseAsync(Now.AddMinutes(1));

        (await Store.Read.ApiKeyAsync("k1", None))!.LastUsedAt.ShouldBe(Now.AddMinutes(2));
    }

    private static JobTemplate Template(string key) => new()
    {
        TemplateKey = key,
        Name = "name",
        Category = "ops",
        InputSchema = JsonElement.Parse("""{"type":"object"}"""),
        OutputSchema = JsonElement.Parse("{}"),
    };
}
