using SQLitePCL;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>
/// One connection and its prepared statements. Used by one thread at a time. Speaks to SQLite's C interface directly: a command object
/// a statement, with its parameter objects, costs more than the statement itself on the hot path.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteSession() => Batteries_V2.Init();

    private readonly Func<string, string, string>? _rewrite;

    private SqliteSession(sqlite3 connection, Func<string, string, string>? rewrite) => (_connection, _rewrite) = (connection, rewrite);

    public bool InTransaction => raw.sqlite3_get_autocommit(_connection) == 0;

    /// <exception cref="StoreUnavailableException">The file cannot be opened.</exception>
    public static SqliteSession Open(string path, bool readOnly, TimeSpan busyTimeout, Func<string, string, string>? rewrite = null)
    {
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE) | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var connection, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var failure = SqliteErrors.Describe(code, connection);
            connection.Dispose();
            throw failure;
        }

        _ = raw.sqlite3_extended_result_codes(connection, 1);
        _ = raw.sqlite3_busy_timeout(connection, (int)busyTimeout.TotalMilliseconds);
        return new SqliteSession(connection, rewrite);
    }

    /// <summary>The named statement of <c>Sql/</c>, ready for its first value.</summary>
    public SqliteStatement Use(string name) => Cached(name, TextOf, name);

    /// <summary>A statement given as text, cached as well.</summary>
    public SqliteStatement Text(string sql) => Cached(sql, static text => text, sql);

    /// <summary>Runs a script of several statements without parameters.</summary>
    public void Script(string sql) => SqliteErrors.Check(raw.sqlite3_exec(_connection, sql), _connection);

    /// <summary>The steps of a statement's plan; unbound values do not matter to it.</summary>
    public IReadOnlyList<string> Explain(string sql)
    {
        using var plan = new SqliteStatement(_connection, "plan", "EXPLAIN QUERY PLAN " + sql);
        plan.BindNulls();
        return plan.All(row => row.Text(3));
    }

    /// <summary>Several reads of one state of the database.</summary>
    public T InSnapshot<T>(Func<T> read)
    {
        Text("BEGIN").Run();
        try
        {
            return read();
        }
        finally
        {
            ResetAll();
            Text("COMMIT").Run();
        }
    }

    /// <summary>Ends every statement that an exception left open, since an open one holds its transaction.</summary>
    public void ResetAll()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private string TextOf(string name) => _rewrite is null ? SqlTexts.Sqlite.Of(name) : _rewrite(name, SqlTexts.Sqlite.Of(name));

    private SqliteStatement Cached(string key, Func<string, string> sql, string argument)
    {
        if (!_statements.TryGetValue(key, out var statement))
        {
            statement = new SqliteStatement(_connection, key, sql(argument));
            _statements.Add(key, statement);
        }

        statement.Reset();
        return statement;
    }
}
