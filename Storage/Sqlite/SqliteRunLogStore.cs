using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Storage.Roles;
using JobForge.Storage.Sqlite.Engine;

namespace JobForge.Storage.Sqlite;

internal sealed class SqliteRunLogStore(SqliteWriter writer) : IRunLogStore
{
    public Task AppendAsync(TenantId tenant, JobId run, long holder, IReadOnlyList<RunLogLine> lines, CancellationToken cancel) =>
        writer.RunAsync(
            session => lines.Sum(line => session.Use("run_logs/append")
                .Add(run.Value).Add(line.Sequence).Add(tenant.Value).Add(line.Attempt).Add(line.At).Add(line.Level).Add(line.Message).Add(holder).Run()),
            lines.Count,
            cancel);
}
