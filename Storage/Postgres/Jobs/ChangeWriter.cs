using JobForge.Storage.Postgres.Engine;
using Npgsql;

namespace JobForge.Storage.Postgres.Jobs;

/// <summary>
/// Changes of single jobs beside the common way (start, requeue, cancel, reschedule, progress): one prepared statement each, sent as one message and run as one
/// transaction. Each names its row by the primary key, so no plan can go wrong, and each answers for itself.
/// </summary>
internal static class ChangeWriter
{
    public static async Task<IReadOnlyList<bool>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<PostgresStatement> changes, CancellationToken cancel)
    {
        await using var batch = PostgresCalls.Batch(connection, changes);
        await batch.ExecuteNonQueryAsync(cancel);
        return [.. changes.Select(change => change.Command.Rows == 1)];
    }
}
