using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Postgres.Engine;
using JobForge.Storage.Roles;
using Npgsql;

namespace JobForge.Storage.Postgres;

internal sealed class PostgresRunLogStore : IRunLogStore, IAsyncDisposable
{
    private readonly GroupCommit<Appended, bool> _commits;

    public PostgresRunLogStore(NpgsqlDataSource engine) => _commits = new(engine, new GroupCommitOptions(Lanes: 1, Cap: 2_000, "run logs"), WriteAsync);

    public Task AppendAsync(TenantId tenant, JobId run, long holder, IReadOnlyList<RunLogLine> lines, CancellationToken cancel) =>
        _commits.RunAsync(new Appended(tenant, run, holder, lines), lines.Count, cancel);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private static async Task<IReadOnlyList<bool>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<Appended> calls, CancellationToken cancel)
    {
        // In the order of the key, so that two processes that write the same lines wait for each other and never in a circle.
        var lines = calls.SelectMany(call => call.Lines.Select(line => (call.Tenant, call.Run, call.Holder, Line: line)))
            .OrderBy(one => one.Run.Value).ThenBy(one => one.Line.Sequence).ToList();
        var statement = new PostgresStatement("run_logs/append")
            .Add([.. lines.Select(one => one.Run.Value)])
            .Add([.. lines.Select(one => one.Line.Sequence)])
            .Add([.. lines.Select(one => (string?)one.Tenant.Value)])
            .Add([.. lines.Select(one => one.Line.Attempt)])
            .Add([.. lines.Select(one => one.Line.At)])
            .Add([.. lines.Select(one => (string?)one.Line.Level)])
            .Add([.. lines.Select(one => (string?)one.Line.Message)])
            .Add([.. lines.Select(one => one.Holder)]);
        await PostgresCalls.RunAsync(connection, statement, cancel);
        return [.. calls.Select(_ => true)];
    }

    private readonly record struct Appended(TenantId Tenant, JobId Run, long Holder, IReadOnlyList<RunLogLine> Lines);
}
