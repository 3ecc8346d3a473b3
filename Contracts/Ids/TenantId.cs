using System.Text.Json;
using System.Text.Json.Serialization;

namespace JobForge.Contracts.Ids;

/// <summary>
/// A tenant: 1-128 characters of <c>[A-Za-z0-9._:-]</c>. Ids in UUID form are compared without regard to case: they are lower-cased here,
/// so equality and every store key agree.
/// </summary>
[JsonConverter(typeof(TenantIdJson))]
public readonly record struct TenantId
{
    private readonly string? _value;

    /// <exception cref="FormatException">The text is no valid id; check with <see cref="OpaqueId.IsValid"/> at a door.</exception>
    public TenantId(string value)
    {
        if (!OpaqueId.IsValid(value))
        {
            throw new FormatException("A tenant id has 1-128 characters of [A-Za-z0-9._:-].");
        }

        _value = OpaqueId.Normalize(value);
    }

    public string Value => _value ?? throw new InvalidOperationException("The default TenantId has no value.");

    public override string ToString() => _value ?? "(none)";

    private sealed class TenantIdJson : JsonConverter<TenantId>
    {
        public override TenantId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
