using System.Runtime.InteropServices;
using System.Text.Json;
using JobForge.Contracts.Json;
using Npgsql;
using NpgsqlTypes;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>A named statement of <c>Sql/</c> and its values, in the order of $1, $2, and so on.</summary>
internal sealed class PostgresStatement(string name)
{
    public NpgsqlBatchCommand Command { get; } = new(SqlTexts.Postgres.Of(name));

    public PostgresStatement Add(string? value) => Add(value, NpgsqlDbType.Text);

    public PostgresStatement Add(byte[]? value) => Add(value, NpgsqlDbType.Bytea);

    public PostgresStatement Add(Guid? value) => Add<object>(value, NpgsqlDbType.Uuid);

    public PostgresStatement Add(int? value) => Add<object>(value, NpgsqlDbType.Integer);

    public PostgresStatement Add(long? value) => Add<object>(value, NpgsqlDbType.Bigint);

    public PostgresStatement Add(double? value) => Add<object>(value, NpgsqlDbType.Double);

    public PostgresStatement Add(bool? value) => Add<object>(value, NpgsqlDbType.Boolean);

    public PostgresStatement Add(DateTimeOffset? value) => Add<object>(Value.Millis(value), NpgsqlDbType.TimestampTz);

    public PostgresStatement Add(DateOnly? value) => Add<object>(value, NpgsqlDbType.Date);

    /// <summary>A JSON value as it was written.</summary>
    public PostgresStatement Add(JsonElement? value) =>
        Add(value is null ? null : JsonMarshal.GetRawUtf8Value(value.Value).ToArray(), NpgsqlDbType.Json);

    public PostgresStatement AddJson<T>(T? value)
        where T : class =>
        Add(value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options), NpgsqlDbType.Json);

    public PostgresStatement Add(IReadOnlyList<string?> values) => Column(values, NpgsqlDbType.Text);

    public PostgresStatement Add(IReadOnlyList<Guid> values) => Column(values, NpgsqlDbType.Uuid);

    public PostgresStatement Add(IReadOnlyList<Guid?> values) => Column(values, NpgsqlDbType.Uuid);

    public PostgresStatement Add(IReadOnlyList<int> values) => Column(values, NpgsqlDbType.Integer);

    public PostgresStatement Add(IReadOnlyList<long> values) => Column(values, NpgsqlDbType.Bigint);

    public PostgresStatement Add(IReadOnlyList<bool> values) => Column(values, NpgsqlDbType.Boolean);

    public PostgresStatement Add(IReadOnlyList<DateTimeOffset> values) => Column([.. values.Select(Value.Millis)], NpgsqlDbType.TimestampTz);

    public PostgresStatement Add(IReadOnlyList<DateTimeOffset?> values) => Column([.. values.Select(Value.Millis)], NpgsqlDbType.TimestampTz);

    /// <summary>A column of JSON texts.</summary>
    public PostgresStatement AddJsonColumn(IReadOnlyList<byte[]?> values) => Column(values, NpgsqlDbType.Json);

    private PostgresStatement Add<T>(T? value, NpgsqlDbType type)
        where T : class
    {
        Command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = type });
        return this;
    }

    private PostgresStatement Column<T>(IReadOnlyList<T> values, NpgsqlDbType type)
    {
        Command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type });
        return this;
    }
}
