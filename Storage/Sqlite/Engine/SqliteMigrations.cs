namespace JobForge.Storage.Sqlite.Engine;

/// <summary>Brings a database to the schema of this version, one transaction a migration.</summary>
internal static class SqliteMigrations
{
    /// <exception cref="InvalidOperationException">The database was written by a newer version.</exception>
    public static void Apply(SqliteSession session, DateTimeOffset now)
    {
        session.Script(
            """
            CREATE TABLE IF NOT EXISTS jobforge_migrations (
              number INTEGER PRIMARY KEY,
              name TEXT NOT NULL,
              applied_at INTEGER NOT NULL
            ) STRICT
            """);
        var applied = session.Text("SELECT coalesce(max(number), 0) FROM jobforge_migrations").First(row => row.Int32(0));
        if (applied > SqlTexts.Sqlite.Migrations[^1].Number)
        {
            throw new InvalidOperationException(
                $"The database has schema {applied}; this version knows {SqlTexts.Sqlite.Migrations[^1].Number}. Run the version that wrote it, or a newer one.");
        }

        foreach (var (number, name, sql) in SqlTexts.Sqlite.Migrations.Where(migration => migration.Number > applied))
        {
            session.Script("BEGIN IMMEDIATE");
            session.Script(sql);
            session.Text("INSERT INTO jobforge_migrations (number, name, applied_at) VALUES (?, ?, ?)").Add(number).Add(name).Add(now).Run();
            session.Script("COMMIT");
        }
    }
}
