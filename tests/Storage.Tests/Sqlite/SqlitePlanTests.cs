using JobForge.Storage.Sqlite.Engine;
using JobForge.Tests.Shared;

namespace JobForge.Storage.Tests.Sqlite;

/// <summary>No statement walks or sorts a table that grows. The plan says so, whatever the size of the test's data.</summary>
public sealed class SqlitePlanTests : IAsyncLifetime
{
    /// <summary>Statements that read all of a table on purpose, each of a table that stays small.</summary>
    private static readonly string[] SmallTables =
    [
        "templates/list", "tenants/list", "tenants/list_templates", "flags/list", "flags/clear", "registry/version", "engine/all_reminders",
        "pauses/list", "read/pauses_of",
    ];

    /// <summary>Rows that the statement itself has bounded: the steps of a skip scan, a slice; and tables that stay small.</summary>
    private static readonly string[] FewRows = ["SCAN groups", "SCAN gates", "SCAN released", "SCAN (subquery-4)", "SCAN seen", "SCAN shut", "SCAN here", "SCAN pause", "SCAN tenant USING COVERING INDEX sqlite_autoindex_jobforge_tenants_1"];

    /// <summary>The first entry of a partial index is enough for it.</summary>
    private const string FirstEntry = "holds/look";

    /// <summary>It groups at most as many rows as its inner LIMIT lets in.</summary>
    private const string BoundedGroups = "read/count_dead_letters";

    /// <summary>They read the oldest rows in the table's own order, up to their LIMIT.</summary>
    private static readonly string[] OldestRows = ["upkeep/oldest_audit", "upkeep/oldest_events", "upkeep/oldest_jobs"];

    private readonly SqliteFixture _fixture = new();

    public async ValueTask InitializeAsync() => await (await _fixture.OpenAsync(new FakeTimeProvider())).DisposeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    public static TheoryData<string> Statements => new(SqlTexts.Sqlite.Names.Where(name => !SmallTables.Contains(name, StringComparer.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Statements))]
    public void A_statement_neither_scans_nor_sorts(string name)
    {
        using var session = SqliteSession.Open(_fixture.DatabasePath, readOnly: true, TimeSpan.Zero);

        var plan = session.Explain(SqlTexts.Sqlite.Of(name));

        if (OldestRows.Contains(name, StringComparer.Ordinal))
        {
            plan.ShouldHaveSingleItem().ShouldStartWith("SCAN jobforge_");
            SqlTexts.Sqlite.Of(name).ShouldContain("LIMIT :limit");
            return;
        }

        if (name == FirstEntry)
        {
            plan.ShouldAllBe(step => !step.StartsWith("SCAN jobforge_jobs", StringComparison.Ordinal) || step.Contains("INDEX", StringComparison.Ordinal));
            return;
        }

        plan.Where(step => !IsBounded(step) && !(name == BoundedGroups && step == "USE TEMP B-TREE FOR GROUP BY")).ShouldBeEmpty();
    }

    /// <summary>
    /// A walk of the audit log's key is ordered and stops at its LIMIT; an unnamed scan is of a subquery's few rows. The table of epochs holds the
    /// living processes and what waits for an heir, so it stays small.
    /// </summary>
    private static bool IsBounded(string step) =>
        !step.Contains("TEMP B-TREE", StringComparison.Ordinal)
        && (!step.StartsWith("SCAN ", StringComparison.Ordinal)
            || step is "SCAN jobforge_epochs" or "SCAN epoch" or "SCAN holding" or "SCAN jobforge_all_jobs" or "SCAN (subquery-1)" or "SCAN CONSTANT ROW" || FewRows.Contains(step, StringComparer.Ordinal));
}
