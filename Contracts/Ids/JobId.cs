using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobForge.Contracts.Ids;

/// <summary>A job, and so a run: <c>run_id</c> is the job's id. A UUIDv7, written with dashes in lower case.</summary>
[JsonConverter(typeof(JobIdJson))]
public readonly record struct JobId(Guid Value) : IParsable<JobId>
{
    public static JobId Parse(string s, IFormatProvider? provider) => new(Guid.ParseExact(s, "D"));

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result)
    {
        var parsed = Guid.TryParseExact(s, "D", out var guid);
        result = new(guid);
        return parsed;
    }

    public override string ToString() => Value.ToString("D");

    private sealed class JobIdJson : JsonConverter<JobId>
    {
        public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
