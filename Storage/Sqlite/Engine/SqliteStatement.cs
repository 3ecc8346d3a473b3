using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;
using SQLitePCL;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>
/// A prepared statement. Values are bound in the order in which their names first appear in the SQL (SQLite numbers named parameters
/// so), which spares a look-up a value on the hot path; a wrong count is caught at the first step.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string _name;
    private readonly int _parameters;
    private int _bound;

    internal SqliteStatement(sqlite3 connection, string name, string sql)
    {
        _connection = connection;
        _name = name;
        SqliteErrors.Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), connection);
        _parameters = raw.sqlite3_bind_parameter_count(_statement);
    }

    public SqliteStatement Add(string? value)
    {
        if (value is null)
        {
            return AddNull();
        }

        if (value.Length > 160)
        {
            return AddUtf8(Encoding.UTF8.GetBytes(value));
        }

        Span<byte> utf8 = stackalloc byte[480];
        return AddUtf8(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
    }

    public SqliteStatement AddUtf8(ReadOnlySpan<byte> value)
    {
        SqliteErrors.Check(raw.sqlite3_bind_text(_statement, ++_bound, value), _connection);
        return this;
    }

    public SqliteStatement Add(ReadOnlySpan<byte> value)
    {
        SqliteErrors.Check(raw.sqlite3_bind_blob(_statement, ++_bound, value), _connection);
        return this;
    }

    public SqliteStatement Add(byte[]? value) => value is null ? AddNull() : Add(value.AsSpan());

    public SqliteStatement Add(long? value)
    {
        if (value is null)
        {
            return AddNull();
        }

        SqliteErrors.Check(raw.sqlite3_bind_int64(_statement, ++_bound, value.Value), _connection);
        return this;
    }

    public SqliteStatement AddReal(double value)
    {
        SqliteErrors.Check(raw.sqlite3_bind_double(_statement, ++_bound, value), _connection);
        return this;
    }

    public SqliteStatement Add(bool value) => Add(value ? 1L : 0L);

    public SqliteStatement Add(DateTimeOffset? value) => Add(value?.ToUnixTimeMilliseconds());

    /// <summary>Sixteen bytes in the order of the text form, so that UUIDv7 sorts by age.</summary>
    public SqliteStatement Add(Guid? value)
    {
        if (value is null)
        {
            return AddNull();
        }

        Span<byte> bytes = stackalloc byte[16];
        value.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Add(bytes);
    }

    /// <summary>Keeps a JSON value as it was written, without building its text anew.</summary>
    public SqliteStatement Add(JsonElement? value) => value is null ? AddNull() : AddUtf8(JsonMarshal.GetRawUtf8Value(value.Value));

    public SqliteStatement AddJson<T>(T? value)
        where T : class =>
        value is null ? AddNull() : AddUtf8(JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options));

    /// <summary>Binds null to every parameter that is left.</summary>
    public void BindNulls()
    {
        while (_bound < _parameters)
        {
            AddNull();
        }
    }

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        if (_bound != _parameters)
        {
            throw new InvalidOperationException($"{_name} has {_parameters} parameters, and {_bound} values were bound.");
        }

        var code = raw.sqlite3_step(_statement);
        SqliteErrors.Check(code, _connection);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs to the end and answers how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
            // A statement that answers rows runs to its end all the same.
        }

        var changes = raw.sqlite3_changes(_connection);
        Reset();
        return changes;
    }

    /// <summary>Reads every row.</summary>
    public List<T> All<T>(Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        while (Step())
        {
            rows.Add(read(this));
        }

        Reset();
        return rows;
    }

    /// <summary>The first row, or default.</summary>
    public T? First<T>(Func<SqliteStatement, T> read)
    {
        var value = Step() ? read(this) : default;
        Reset();
        return value;
    }

    public void Reset()
    {
        _bound = 0;
        // The code only repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(_statement);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public double Double(int column) => raw.sqlite3_column_double(_statement, column);

    public double? DoubleOrNull(int column) => IsNull(column) ? null : Double(column);

    public bool Bool(int column) => Int64(column) != 0;

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    /// <summary>An id in its text form, or the text or number that stands there.</summary>
    public string IdOrText(int column) =>
        raw.sqlite3_column_type(_statement, column) == raw.SQLITE_BLOB && raw.sqlite3_column_bytes(_statement, column) == 16 ? Guid(column).ToString("D") : Text(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(_statement, column).ToArray();

    public Guid Guid(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public Guid? GuidOrNull(int column) => IsNull(column) ? null : Guid(column);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public JsonElement Json(int column) => JsonElement.Parse(raw.sqlite3_column_blob(_statement, column));

    public JsonElement? JsonOrNull(int column) => IsNull(column) ? null : Json(column);

    public T? JsonAs<T>(int column)
        where T : class =>
        IsNull(column) ? null : JsonSerializer.Deserialize<T>(raw.sqlite3_column_blob(_statement, column), ContractJson.Options);

    public void Dispose() => _statement.Dispose();

    private SqliteStatement AddNull()
    {
        SqliteErrors.Check(raw.sqlite3_bind_null(_statement, ++_bound), _connection);
        return this;
    }
}
