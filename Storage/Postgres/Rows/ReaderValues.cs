using System.Text.Json;
using JobForge.Contracts.Json;
using Npgsql;

namespace JobForge.Storage.Postgres.Rows;

/// <summary>Columns as our rows hold them.</summary>
internal static class ReaderValues
{
    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static int? Int32OrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static long? Int64OrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static Guid? GuidOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static byte[]? BytesOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    /// <summary>In UTC.</summary>
    public static DateTimeOffset Time(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static JsonElement Json(this NpgsqlDataReader row, int column) => JsonElement.Parse(row.GetFieldValue<byte[]>(column));

    public static JsonElement? JsonOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Json(column);

    public static T? JsonAs<T>(this NpgsqlDataReader row, int column)
        where T : class =>
        row.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(row.GetFieldValue<byte[]>(column), ContractJson.Options);
}
