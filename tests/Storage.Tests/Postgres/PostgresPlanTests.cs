using System.Globalization;
using System.Text.RegularExpressions;
using JobForge.Storage.Postgres;
using JobForge.Storage.Postgres.Engine;
using JobForge.Tests.Shared;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>
/// No statement walks or sorts a table that grows. The generic plan says so, under the settings of the statement's pool, on empty tables, where the planner
/// is most tempted to scan.
/// </summary>
public sealed partial class PostgresPlanTests : IAsyncLifetime
{
    /// <summary>Tables that stay small, whatever the load and the age of the database.</summary>
    private static readonly string[] SmallTables =
    [
        "jobforge_epochs", "jobforge_flags", "jobforge_pauses", "jobforge_registry_version", "jobforge_job_templates", "jobforge_tenants", "jobforge_tenant_templates",
        "jobforge_reminders", "pg_inherits", "pg_class",
    ];

    /// <summary>Statements that sort few rows: all of a small table, a batch of their caller's, or what a LIMIT has cut already.</summary>
    private static readonly string[] SortsOfFewRows =
    [
        "api_keys/list_operators", "api_keys/record_use", "engine/all_reminders", "engine/reminders_of", "flags/list", "holds/release_paused", "pauses/list", "queue/last_tags",
        "read/count_dead_letters", "read/jobs", "read/pauses_of", "templates/list", "tenants/list",
    ];

    /// <summary>What the read model asks as a tenant's reader, beside read/.</summary>
    private static readonly string[] TenantReads = ["api_keys/list", "audit/list", "events/find", "events/list", "jobs/find", "tenants/find"];

    private readonly PostgresFixture _fixture = new();
    private PostgresSources _sources = null!;
    private NpgsqlDataSource _doctor = null!;

    public async ValueTask InitializeAsync()
    {
        await (await _fixture.OpenAsync(new FakeTimeProvider())).DisposeAsync();
        _sources = new PostgresSources(PostgresFixture.Options(await _fixture.ConnectionStringAsync()));
        _doctor = PostgresDoctor.Reads(_sources);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sources is not null)
        {
            await _doctor.DisposeAsync();
            await _sources.DisposeAsync();
        }

        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task No_statement_scans_or_sorts_a_table_that_grows()
    {
        var findings = new List<string>();
        foreach (var name in SqlTexts.Postgres.Names.Order(StringComparer.Ordinal))
        {
            foreach (var source in SourcesOf(name))
            {
                findings.AddRange((await ExplainAsync(source, name, "NULL")).Where(step => IsUnbounded(name, step)).Select(step => $"{name}: {step.Trim()}"));
            }
        }

        findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_is_looked_up_on_the_primary_key_of_the_days_around_its_ids_time()
    {
        // 2030-01-01, on a database with partitions for that day, the two after it, and all other days.
        var plan = await ExplainAsync(_sources.Reader, "events/find", "'01b8dac5-b400-7000-8000-000000000000'", "'acme'");

        plan.ShouldContain(step => step.Contains("Subplans Removed: 2", StringComparison.Ordinal), string.Join('\n', plan));
        plan.Where(step => step.Contains("Index Scan", StringComparison.Ordinal)).ShouldAllBe(step => step.Contains("_pkey", StringComparison.Ordinal));
    }

    private IEnumerable<NpgsqlDataSource> SourcesOf(string name)
    {
        if (name.StartsWith("doctor/", StringComparison.Ordinal) && !name.StartsWith("doctor/repair_", StringComparison.Ordinal))
        {
            return [_doctor];
        }

        return OtherSourcesOf(name);
    }

    private IEnumerable<NpgsqlDataSource> OtherSourcesOf(string name)
    {
        if (TenantReads.Contains(name, StringComparer.Ordinal) || (name.StartsWith("read/", StringComparison.Ordinal) && name is not "read/holder"))
        {
            yield return _sources.Reader;
        }
        else if (name[..name.IndexOf('/', StringComparison.Ordinal)] is not ("jobs" or "queue" or "epochs"))
        {
            yield return _sources.Engine;
        }

        if (name[..name.IndexOf('/', StringComparison.Ordinal)] is "jobs" or "queue" or "epochs")
        {
            yield return _sources.JobWrites;
        }
    }

    private static bool IsUnbounded(string name, string step) =>
        (SequentialScan().Match(step) is { Success: true } scan && !SmallTables.Contains(scan.Groups["table"].Value, StringComparer.Ordinal))
        || (step.TrimStart(' ', '-', '>') is "Sort" or "Incremental Sort" && !SortsOfFewRows.Contains(name, StringComparer.Ordinal));

    private static async Task<List<string>> ExplainAsync(NpgsqlDataSource source, string name, params string[] values)
    {
        var sql = SqlTexts.Postgres.Of(name);
        var count = Parameter().Matches(sql).Select(one => int.Parse(one.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
        var arguments = string.Join(", ", Enumerable.Range(0, count).Select(index => values[Math.Min(index, values.Length - 1)]));
        var prepared = "explained_" + name.Replace('/', '_');
        await using var connection = await source.OpenConnectionAsync();
        await RowsAsync(connection, "SET plan_cache_mode = force_generic_plan");
        await RowsAsync(connection, $"PREPARE {prepared} AS {sql}");
        return await RowsAsync(connection, $"EXPLAIN (COSTS OFF) EXECUTE {prepared}" + (count == 0 ? "" : $"({arguments})"));
    }

    private static async Task<List<string>> RowsAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    [GeneratedRegex(@"\$(?<number>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"Seq Scan on (?<table>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SequentialScan();
}
