using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>The contract's own SQL runs in psql as it is written on its page.</summary>
public sealed class PostgresSeedSqlTests : StoreTest<PostgresFixture>
{
    [Fact]
    public async Task The_contracts_sql_samples_run_as_written()
    {
        await Store.Templates.SeedAsync([SeedSql.Template("autopilot.ops.scan"), SeedSql.Template("autopilot.ops.apply")], Now, None);
        foreach (var sql in SeedSql.Samples())
        {
            await Fixture.PsqlAsync(sql);
        }

        (await Fixture.PsqlAsync("SELECT trigger_type, enabled, dry_run, time_zone, overlap, length(id), target_inputs ->> 'time_range' FROM jobforge_triggers ORDER BY 1"))
            .ShouldBe("cron|t|f|UTC|skip|36|1d\nevent|t|f|UTC|skip|36|\n");
        (await Store.Registry.LoadAsync(None)).Templates.Select(one => (one.TemplateKey, one.Enabled))
            .ShouldBe([("autopilot.ops.apply", false), ("autopilot.ops.scan", true)]);

        await Fixture.PsqlAsync(SeedSql.Rollback());
        (await Store.Registry.LoadAsync(None)).Templates.ShouldAllBe(one => !one.Enabled);
    }
}
