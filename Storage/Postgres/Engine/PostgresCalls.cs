using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>Single calls on a pooled connection, for what is not batched.</summary>
internal static class PostgresCalls
{
    private const int ConflictRetries = 3;

    /// <exception cref="StoreUnavailableException">PostgreSQL could not be reached or could not do it.</exception>
    public static async Task<T> CallAsync<T>(this NpgsqlDataSource source, string act, Func<NpgsqlConnection, Task<T>> call, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancel);
                return await call(connection);
            }
            catch (Exception failure) when (PostgresErrors.IsConflict(failure) && attempt <= ConflictRetries)
            {
                // Rolled back as a whole, so it is simply done again.
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                throw PostgresErrors.Describe(failure, act);
            }
        }
    }

    /// <summary>Runs one statement and reads its rows.</summary>
    public static Task<List<T>> RowsAsync<T>(
        this NpgsqlDataSource source, string act, PostgresStatement statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel) =>
        source.CallAsync(act, connection => RowsAsync(connection, statement, read, cancel), cancel);

    public static async Task<List<T>> RowsAsync<T>(
        NpgsqlConnection connection, PostgresStatement statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var batch = Batch(connection, statement);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <returns>Rows changed.</returns>
    public static async Task<int> RunAsync(NpgsqlConnection connection, PostgresStatement statement, CancellationToken cancel)
    {
        await using var batch = Batch(connection, statement);
        return await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The statements as one message, and so, outside of an explicit transaction, as one transaction.</summary>
    public static NpgsqlBatch Batch(NpgsqlConnection connection, params IEnumerable<PostgresStatement> statements)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement.Command);
        }

        return batch;
    }
}
