using SQLitePCL;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>Turns SQLite's result codes into the store's exceptions, in one place.</summary>
internal static class SqliteErrors
{
    public static void Check(int code, sqlite3 connection)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Describe(code, connection);
        }
    }

    public static Exception Describe(int code, sqlite3 connection)
    {
        var message = $"SQLite error {code}: {raw.sqlite3_errmsg(connection).utf8_to_string()}";
        return (code & 0xFF) switch
        {
            raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG => new StoreRejectedException(message),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN
                or raw.SQLITE_NOMEM or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PROTOCOL => new StoreUnavailableException(message),
            _ => new InvalidOperationException(message),
        };
    }
}
