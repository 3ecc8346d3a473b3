using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Tests.Conformance;
using Npgsql;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>The database itself keeps tenants apart, should a statement of ours forget to.</summary>
public sealed class RowSecurityTests : StoreTest<PostgresFixture>
{
    [Fact]
    public async Task A_read_without_a_tenant_condition_shows_the_named_tenants_rows_and_no_others()
    {
        await WriteAsync(Acme, 2);
        await WriteAsync(Other, 3);
        await using var sources = new PostgresSources(PostgresFixture.Options(await Fixture.ConnectionStringAsync()));

        foreach (var sql in (string[])
            [
                "SELECT tenant_id FROM jobforge_jobs", "SELECT tenant_id FROM jobforge_all_jobs", "SELECT tenant_id FROM jobforge_finished_jobs",
                "SELECT tenant_id FROM jobforge_artifact_manifests", "SELECT tenant_id FROM jobforge_audit_logs", "SELECT tenant_id FROM jobforge_run_logs",
            ])
        {
            var rows = await AskAsync(sources.Reader, Acme, sql);
            rows.ShouldNotBeEmpty(sql);
            rows.Distinct(StringComparer.Ordinal).ShouldBe(["acme"], sql);
            (await AskAsync(sources.Reader, null, sql)).ShouldBeEmpty($"{sql}: no tenant was named, also not by the statement before on this connection");
        }
    }

    [Fact]
    public async Task Every_table_with_a_tenant_is_guarded()
    {
        (await Fixture.QueryAsync(
            """
            SELECT string_agg(relname, ', ') FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE relkind IN ('r', 'p') AND NOT relispartition AND attname = 'tenant_id' AND relname LIKE 'jobforge%'
              AND NOT (
                relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'jobforge_engine_all')
                AND (EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'jobforge_reader_tenant')
                  OR NOT has_any_column_privilege('jobforge_reader', pg_class.oid, 'SELECT')))
            """)).ShouldBe(DBNull.Value);
    }

    [Theory]
    [InlineData("UPDATE jobforge_jobs SET priority = 10")]
    [InlineData("DELETE FROM jobforge_audit_logs")]
    [InlineData("SELECT key_hash FROM jobforge_api_keys")]
    [InlineData("SELECT hash FROM jobforge_idempotency_keys")]
    [InlineData("SELECT token_id FROM jobforge_tokens")]
    [InlineData("SELECT * FROM jobforge_finished_jobs_default")]
    public async Task Readers_neither_write_nor_see_what_is_none_of_their_business(string sql)
    {
        await using var sources = new PostgresSources(PostgresFixture.Options(await Fixture.ConnectionStringAsync()));

        (await Should.ThrowAsync<PostgresException>(AskAsync(sources.Reader, Acme, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    private async Task WriteAsync(TenantId tenant, int jobs)
    {
        var epoch = await OpenEpochAsync();
        for (var i = 0; i < jobs; i++)
        {
            await AdmitAsync(Job(tenant));
            var job = await AdmitAsync(Job(tenant, epoch));
            await Store.RunLogs.AppendAsync(tenant, job.Row.Id, epoch, [new RunLogLine(1, 1, Now, "info", "hello")], None);
            await Store.Jobs.FinishAsync(Finished(job), None);
            await Store.Audit.AppendAsync([Audit(tenant)], None);
        }
    }

    private static async Task<List<string>> AskAsync(NpgsqlDataSource reader, TenantId? tenant, string sql)
    {
        await using var connection = await reader.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        if (tenant is { } one)
        {
            batch.BatchCommands.Add(new PostgresStatement("read/set_tenant").Add(one.Value).Command);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await using var rows = await batch.ExecuteReaderAsync();
        if (tenant is not null)
        {
            await rows.NextResultAsync();
        }

        var answers = new List<string>();
        while (await rows.ReadAsync())
        {
            answers.Add(rows.GetString(0));
        }

        return answers;
    }
}
