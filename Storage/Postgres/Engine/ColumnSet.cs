using Npgsql;
using NpgsqlTypes;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>
/// The array parameters of a statement that writes many rows, one a column, in the order of <c>$1</c>, <c>$2</c>... Its lists are cleared and used again.
/// </summary>
internal abstract class ColumnSet
{
    private readonly List<Column> _columns = [];

    /// <summary>Lends the parameters to a command. They belong to one at a time: clear its collection when it has run.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        foreach (var column in _columns)
        {
            parameters.Add(column.Seal());
        }
    }

    public void Clear()
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }
    }

    protected Column<string> Text() => Next<string>(NpgsqlDbType.Text);

    protected Column<byte[]> Json() => Next<byte[]>(NpgsqlDbType.Json);

    /// <summary>Text that is in UTF-8 already.</summary>
    protected Column<byte[]> Utf8() => Next<byte[]>(NpgsqlDbType.Text);

    protected Column<Guid?> Uuid() => Next<Guid?>(NpgsqlDbType.Uuid);

    protected Column<DateTime?> Time() => Next<DateTime?>(NpgsqlDbType.TimestampTz);

    protected Column<int?> Integer() => Next<int?>(NpgsqlDbType.Integer);

    protected Column<long?> Bigint() => Next<long?>(NpgsqlDbType.Bigint);

    protected Column<double?> Real() => Next<double?>(NpgsqlDbType.Double);

    protected Column<bool?> Boolean() => Next<bool?>(NpgsqlDbType.Boolean);

    private Column<T> Next<T>(NpgsqlDbType element)
    {
        var column = new Column<T>(element);
        _columns.Add(column);
        return column;
    }
}

internal abstract class Column
{
    public abstract NpgsqlParameter Seal();

    public abstract void Clear();
}

/// <summary>One column's values. Nulls at the end are not sent: <c>unnest</c> pads a shorter array, so a column that is always null costs nothing.</summary>
internal sealed class Column<T>(NpgsqlDbType element) : Column
{
    private readonly List<T?> _values = [];
    private NpgsqlParameter<List<T?>>? _parameter;
    private int _used;

    public void Add(T? value)
    {
        _values.Add(value);
        if (value is not null)
        {
            _used = _values.Count;
        }
    }

    public override NpgsqlParameter Seal()
    {
        _values.RemoveRange(_used, _values.Count - _used);
        return _parameter ??= new NpgsqlParameter<List<T?>> { NpgsqlDbType = NpgsqlDbType.Array | element, TypedValue = _values };
    }

    public override void Clear()
    {
        _values.Clear();
        _used = 0;
    }
}
