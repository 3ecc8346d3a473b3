using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobForge.Contracts.Ids;

/// <summary>A stored event. A UUIDv7, written with dashes in lower case.</summary>
[JsonConverter(typeof(EventIdJson))]
public readonly record struct EventId(Guid Value) : IParsable<EventId>
{
    public static EventId Parse(string s, IFormatProvider? provider) => new(Guid.ParseExact(s, "D"));

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EventId result)
    {
        var parsed = Guid.TryParseExact(s, "D", out var guid);
        result = new(guid);
        return parsed;
    }

    public override string ToString() => Value.ToString("D");

    private sealed class EventIdJson : JsonConverter<EventId>
    {
        public override EventId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, EventId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
