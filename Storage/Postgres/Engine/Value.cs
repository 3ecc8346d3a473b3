using System.Runtime.InteropServices;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Storage.Postgres.Engine;

/// <summary>Values on their way into rows: times in whole milliseconds of UTC, JSON as the bytes that it was written in.</summary>
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
}
