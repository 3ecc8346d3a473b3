using System.Runtime.InteropServices;
using System.Text.Json;
using JobForge.Contracts.Json;
using Npgsql;
using NpgsqlTypes;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>Values on their way into statements: times in whole milliseconds of UTC, JSON as the bytes that it was written in.</summary>
internal static class Value
{
    public static DateTime Millis(DateTimeOffset time)
    {
        var utc = time.UtcTicks;
        return new DateTime(utc - (utc % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }

    public static DateTime? Millis(DateTimeOffset? time) => time is { } some ? Millis(some) : null;

    public static byte[] Json(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).ToArray();

    public static byte[]? Json(JsonElement? value) => value is { } some ? Json(some) : null;

    public static byte[]? JsonOf<T>(T? value)
        where T : class =>
        value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);

    public static NpgsqlParameter Text(string? value) => value is null ? Null(NpgsqlDbType.Text) : new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = value };

    public static NpgsqlParameter Integer(int value) => new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = value };

    public static NpgsqlParameter Bigint(long? value) => value is { } some ? new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = some } : Null(NpgsqlDbType.Bigint);

    public static NpgsqlParameter Real(double value) => new NpgsqlParameter<double> { NpgsqlDbType = NpgsqlDbType.Double, TypedValue = value };

    public static NpgsqlParameter Boolean(bool value) => new NpgsqlParameter<bool> { NpgsqlDbType = NpgsqlDbType.Boolean, TypedValue = value };

    public static NpgsqlParameter Uuid(Guid value) => new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid, TypedValue = value };

    public static NpgsqlParameter Time(DateTimeOffset? value) => Time(Millis(value));

    public static NpgsqlParameter Time(DateTime? value) =>
        value is { } some ? new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = some } : Null(NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter JsonText(byte[]? value) =>
        value is null ? Null(NpgsqlDbType.Json) : new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Json, TypedValue = value };

    public static NpgsqlParameter Array<T>(NpgsqlDbType element, IReadOnlyCollection<T> values) =>
        new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | element, TypedValue = [.. values] };

    private static NpgsqlParameter Null(NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = DBNull.Value };
}
