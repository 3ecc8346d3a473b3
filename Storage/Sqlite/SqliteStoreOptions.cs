namespace JobForge.Storage.Sqlite;

public sealed record SqliteStoreOptions
{
    /// <summary>The database file; its folder is made when it is missing. Beside it lie <c>-wal</c>, <c>-shm</c> and <c>.lock</c>.</summary>
    public required string Path { get; init; }

    /// <summary>How long a statement waits for a lock that a tool outside (sqlite3) holds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Read connections at most.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Pages of the write-ahead log before it is carried into the database.</summary>
    public int CheckpointPages { get; init; } = 8_000;

    /// <summary>Pages of 4 KiB that the database may have; beyond it the store is unavailable, before the disk itself is full. 0: no bound but the disk.</summary>
    public int MaxPages { get; init; }
}
