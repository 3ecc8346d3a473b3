using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Sqlite;

/// <summary>The contract's own SQL runs as it is written on its page.</summary>
public sealed class SeedSqlTests : StoreTest<SqliteFixture>
{
    [Fact]
    public async Task The_contracts_sql_samples_run_as_written()
    {
        await Store.Templates.SeedAsync([SeedSql.Template("autopilot.ops.scan"), SeedSql.Template("autopilot.ops.apply")], Now, None);
        foreach (var sql in SeedSql.Samples())
        {
            await Fixture.SqlAsync(sql);
        }

        using var session = SqliteSession.Open(Fixture.DatabasePath, readOnly: true, TimeSpan.Zero);
        session.Text("SELECT trigger_type, enabled, dry_run, time_zone, overlap, length(id) FROM jobforge_triggers ORDER BY trigger_type")
            .All(row => (row.Text(0), row.Bool(1), row.Bool(2), row.Text(3), row.Text(4), row.Int32(5)))
            .ShouldBe([("cron", true, false, "UTC", "skip", 32), ("event", true, false, "UTC", "skip", 32)]);
        (await Store.Registry.LoadAsync(None)).Templates.Select(one => (one.TemplateKey, one.Enabled))
            .ShouldBe([("autopilot.ops.apply", false), ("autopilot.ops.scan", true)]);

        await Fixture.SqlAsync(SeedSql.Rollback());
        (await Store.Registry.LoadAsync(None)).Templates.ShouldAllBe(one => !one.Enabled);
    }
}
