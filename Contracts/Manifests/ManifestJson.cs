using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Manifests;

/// <summary>
/// Writes a manifest as the house's serializer would, byte for byte (Contracts.Tests, ManifestJsonTests), at a fifth of its price: one is written for
/// each run that ends.
/// </summary>
public static class ManifestJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? t_parts;

    /// <summary>UTF-8 JSON with the member names and the order of the record.</summary>
    public static byte[] Serialize(ArtifactManifest manifest)
    {
        var parts = t_parts ?? Make();
        // What a failure leaves half written is not used again.
        t_parts = null;
        var (buffer, writer) = parts;
        Write(writer, manifest);
        writer.Flush();
        var json = buffer.WrittenSpan.ToArray();
        buffer.ResetWrittenCount();
        writer.Reset();
        t_parts = parts;
        return json;
    }

    public static void Write(Utf8JsonWriter writer, ArtifactManifest manifest)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.ManifestVersion, manifest.ManifestVersion);
        writer.WriteString(Names.RunId, manifest.RunId.Value);
        writer.WriteString(Names.TenantId, manifest.TenantId.Value);
        writer.WriteString(Names.ProjectId, manifest.ProjectId);
        writer.WriteString(Names.JobType, manifest.JobType);
        writer.WritePropertyName(Names.CreatedAt);
        Timestamp.Write(writer, manifest.CreatedAt);
        writer.WriteString(Names.InputsSnapshotRef, manifest.InputsSnapshotRef);
        writer.WriteString(Names.LogsRef, manifest.LogsRef);
        WriteOutputs(writer, manifest.Outputs);
        WriteMetrics(writer, manifest.Metrics);
        WriteTexts(writer, Names.EnvFingerprint, manifest.EnvFingerprint);
        WriteTools(writer, manifest.ToolVersions);
        writer.WriteString(Names.Status, Word(manifest.Status));
        writer.WritePropertyName(Names.Error);
        WriteValue(writer, manifest.Error);
        WriteOrigin(writer, manifest);
        writer.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter writer, IReadOnlyList<ManifestOutput> outputs)
    {
        writer.WriteStartArray(Names.Outputs);
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            writer.WriteStartObject();
            writer.WriteString(Names.Name, output.Name);
            writer.WriteString(Names.Type, output.Type);
            writer.WriteString(Names.Ref, output.Ref);
            WriteNumber(writer, Names.Size, output.Size);
            writer.WriteString(Names.Checksum, output.Checksum);
            writer.WriteString(Names.MimeType, output.MimeType);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, IReadOnlyDictionary<string, double> metrics)
    {
        writer.WriteStartObject(Names.Metrics);
        foreach (var (name, value) in metrics)
        {
            writer.WriteNumber(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter writer, ToolVersions tools)
    {
        writer.WriteStartObject(Names.ToolVersions);
        writer.WriteString(Names.JobForge, tools.JobForge);
        WriteTexts(writer, Names.Connectors, tools.Connectors);
        writer.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter writer, ArtifactManifest manifest)
    {
        WriteNumber(writer, Names.Attempt, manifest.Attempt);
        writer.WriteString(Names.TemplateVersion, manifest.TemplateVersion);
        writer.WriteString(Names.InputsDigest, manifest.InputsDigest);
        writer.WriteString(Names.TraceId, manifest.TraceId);
        writer.WriteString(Names.TriggerId, manifest.TriggerId);
        if (manifest.EventId is { } eventId)
        {
            writer.WriteString(Names.EventId, eventId.Value);
        }
        else
        {
            writer.WriteNull(Names.EventId);
        }

        writer.WriteString(Names.PolicyTokenId, manifest.PolicyTokenId);
    }

    private static void WriteTexts(Utf8JsonWriter writer, JsonEncodedText name, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, text) in texts)
        {
            writer.WriteString(key, text);
        }

        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, JsonEncodedText name, long? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement? value)
    {
        if (value is { } element)
        {
            element.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static string Word(ManifestStatus status) => status switch
    {
        ManifestStatus.Pending => "pending",
        ManifestStatus.Complete => "complete",
        ManifestStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A manifest status without a word."),
    };

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) Make()
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }

    /// <summary>The members, by the serializer's naming policy.</summary>
    private static class Names
    {
        public static readonly JsonEncodedText ManifestVersion = Of(nameof(ArtifactManifest.ManifestVersion));
        public static readonly JsonEncodedText RunId = Of(nameof(ArtifactManifest.RunId));
        public static readonly JsonEncodedText TenantId = Of(nameof(ArtifactManifest.TenantId));
        public static readonly JsonEncodedText ProjectId = Of(nameof(ArtifactManifest.ProjectId));
        public static readonly JsonEncodedText JobType = Of(nameof(ArtifactManifest.JobType));
        public static readonly JsonEncodedText CreatedAt = Of(nameof(ArtifactManifest.CreatedAt));
        public static readonly JsonEncodedText InputsSnapshotRef = Of(nameof(ArtifactManifest.InputsSnapshotRef));
        public static readonly JsonEncodedText LogsRef = Of(nameof(ArtifactManifest.LogsRef));
        public static readonly JsonEncodedText Outputs = Of(nameof(ArtifactManifest.Outputs));
        public static readonly JsonEncodedText Metrics = Of(nameof(ArtifactManifest.Metrics));
        public static readonly JsonEncodedText EnvFingerprint = Of(nameof(ArtifactManifest.EnvFingerprint));
        public static readonly JsonEncodedText ToolVersions = Of(nameof(ArtifactManifest.ToolVersions));
        public static readonly JsonEncodedText JobForge = JsonEncodedText.Encode("jobforge");
        public static readonly JsonEncodedText Connectors = Of(nameof(Manifests.ToolVersions.Connectors));
        public static readonly JsonEncodedText Status = Of(nameof(ArtifactManifest.Status));
        public static readonly JsonEncodedText Error = Of(nameof(ArtifactManifest.Error));
        public static readonly JsonEncodedText Attempt = Of(nameof(ArtifactManifest.Attempt));
        public static readonly JsonEncodedText TemplateVersion = Of(nameof(ArtifactManifest.TemplateVersion));
        public static readonly JsonEncodedText InputsDigest = Of(nameof(ArtifactManifest.InputsDigest));
        public static readonly JsonEncodedText TraceId = Of(nameof(ArtifactManifest.TraceId));
        public static readonly JsonEncodedText TriggerId = Of(nameof(ArtifactManifest.TriggerId));
        public static readonly JsonEncodedText EventId = Of(nameof(ArtifactManifest.EventId));
        public static readonly JsonEncodedText PolicyTokenId = Of(nameof(ArtifactManifest.PolicyTokenId));
        public static readonly JsonEncodedText Name = Of(nameof(ManifestOutput.Name));
        public static readonly JsonEncodedText Type = Of(nameof(ManifestOutput.Type));
        public static readonly JsonEncodedText Ref = Of(nameof(ManifestOutput.Ref));
        public static readonly JsonEncodedText Size = Of(nameof(ManifestOutput.Size));
        public static readonly JsonEncodedText Checksum = Of(nameof(ManifestOutput.Checksum));
        public static readonly JsonEncodedText MimeType = Of(nameof(ManifestOutput.MimeType));

        private static JsonEncodedText Of(string property) => JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(property));
    }
}
