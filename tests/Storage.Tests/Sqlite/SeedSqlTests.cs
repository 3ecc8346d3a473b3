using System.Text.RegularExpressions;
using JobForge.Storage.Sqlite.Engine;
using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Sqlite;

/// <summary>The contract's own SQL, cut from its page, runs as it is written there.</summary>
public sealed partial class SeedSqlTests : StoreTest<SqliteFixture>
{
    [Fact]
    public async Task The_contracts_sql_samples_run_as_written()
    {
        var page = FindSeeds();
        Assert.SkipWhen(page is null, "The contract's page (../shared/seeds) is not beside this checkout.");
        await Store.Templates.SeedAsync([Template("autopilot.ops.scan"), Template("autopilot.ops.apply")], Now, None);
        var text = await File.ReadAllTextAsync(page!);
        var samples = Samples().Matches(text).Select(match => match.Groups["sql"].Value)
            // The dry-run sample abbreviates its columns with dots; it is no statement.
            .Where(sql => !sql.Contains("(...)", StringComparison.Ordinal)).ToArray();
        samples.Length.ShouldBeGreaterThanOrEqualTo(3);

        foreach (var sql in samples)
        {
            await Fixture.SqlAsync(sql);
        }

        using var session = SqliteSession.Open(Fixture.DatabasePath, readOnly: true, TimeSpan.Zero);
        session.Text("SELECT trigger_type, enabled, dry_run, time_zone, overlap, length(id) FROM jobforge_triggers ORDER BY trigger_type")
            .All(row => (row.Text(0), row.Bool(1), row.Bool(2), row.Text(3), row.Text(4), row.Int32(5)))
            .ShouldBe([("cron", true, false, "UTC", "skip", 32), ("event", true, false, "UTC", "skip", 32)]);
        (await Store.Registry.LoadAsync(None)).Templates.Select(one => (one.TemplateKey, one.Enabled))
            .ShouldBe([("autopilot.ops.apply", false), ("autopilot.ops.scan", true)]);

        RollbackStatement().IsMatch(text).ShouldBeTrue();
        await Fixture.SqlAsync(RollbackStatement().Match(text).Value);
        (await Store.Registry.LoadAsync(None)).Templates.ShouldAllBe(one => !one.Enabled);
    }

    private static string? FindSeeds()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "shared", "seeds", "execution-plane-contract.md");
            if (File.Exists(page))
            {
                return page;
            }
        }

        return null;
    }

    private static Contracts.Templates.JobTemplate Template(string key) => new()
    {
        TemplateKey = key,
        Name = key,
        Category = "ops",
        InputSchema = Contracts.Json.ContractJson.EmptyObject,
        OutputSchema = Contracts.Json.ContractJson.EmptyObject,
    };

    [GeneratedRegex("```sql\n(?<sql>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Samples();

    [GeneratedRegex("UPDATE jobforge_job_templates SET enabled = false;", RegexOptions.None, 1000)]
    private static partial Regex RollbackStatement();
}
