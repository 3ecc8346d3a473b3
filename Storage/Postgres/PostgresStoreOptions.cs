namespace JobForge.Storage.Postgres;

public sealed record PostgresStoreOptions
{
    /// <summary>
    /// In Npgsql's form. The login must own the schema, or be a member of jobforge_engine and jobforge_reader in a database that is migrated already.
    /// Holds a password as a rule, so it belongs in no log.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>How long opening waits for a server that does not answer yet.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A statement of the engine or of a reader that takes longer is broken off, and the store counts as unavailable for it.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections at most of the engine's writes, and again as many of reads.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Days of partitions that are made ahead, today not counted.</summary>
    public int DaysAhead { get; init; } = 2;
}
