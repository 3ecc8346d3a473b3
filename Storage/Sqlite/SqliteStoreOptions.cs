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

    /// <summary>False: commits are not flushed to disk. For files that nobody needs after a crash of the machine: a simulator's.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Runs the store's work later, one piece after another, never within the call. Null: the writer has a thread of its own and reads run on the thread pool.
    /// A simulator gives its own, so that the store takes its turns like everybody else.
    /// </summary>
    public Action<Action>? Schedule { get; init; }

    /// <summary>Takes a statement's name and text, answers the text to run. Null: as it is. For tests that prove that a broken statement is noticed.</summary>
    public Func<string, string, string>? Rewrite { get; init; }
}
