using Npgsql;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>
/// Brings a database to the schema of this version: one transaction a migration, one process at a time. A migration must leave the schema usable for the
/// version before it (N-1), since that one's processes still run while the first of this version starts: add columns with defaults, never rename or drop
/// what the last version reads; drop it one version later.
/// </summary>
internal static class PostgresMigrations
{
    /// <summary>The key of the advisory lock that serialises processes; any number that nobody else in the database uses ("jobforge" in ASCII).</summary>
    private const long LockKey = 0x6A6F62666F726765;

    /// <exception cref="InvalidOperationException">The database was written by a newer version, or the login may not create what is missing.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource owner, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        if (await IsCurrentAsync(connection, cancel))
        {
            return;
        }

        await ScriptAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancel);
        try
        {
            await ScriptAsync(
                connection,
                "CREATE TABLE IF NOT EXISTS jobforge_migrations (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)",
                cancel);
            var applied = await AppliedAsync(connection, cancel);
            foreach (var (number, name, sql) in SqlTexts.Postgres.Migrations.Where(migration => migration.Number > applied))
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await ScriptAsync(connection, sql, cancel);
                await RecordAsync(connection, number, name, now, cancel);
                await transaction.CommitAsync(cancel);
            }
        }
        finally
        {
            // The pool keeps the connection and does not reset it.
            await ScriptAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    /// <summary>Asked first, so that a login without rights on the schema can run a migrated database.</summary>
    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('jobforge_migrations') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancel) is not true)
        {
            return false;
        }

        var (applied, newest) = (await AppliedAsync(connection, cancel), SqlTexts.Postgres.Migrations[^1].Number);
        return applied > newest
            ? throw new InvalidOperationException($"The database has schema {applied}; this version knows {newest}. Run the version that wrote it, or a newer one.")
            : applied == newest;
    }

    private static async Task<int> AppliedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(number), 0) FROM jobforge_migrations", connection);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task RecordAsync(NpgsqlConnection connection, int number, string name, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("INSERT INTO jobforge_migrations (number, name, applied_at) VALUES ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = number }, new() { Value = name }, new() { Value = now.ToUniversalTime() } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Without parameters, so it goes as one simple query of any number of statements.</summary>
    private static async Task ScriptAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
