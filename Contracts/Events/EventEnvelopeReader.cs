using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Events;

/// <summary>The door of events: turns a body into a valid envelope with its defaults filled in, or into one error for each bad field.</summary>
public static class EventEnvelopeReader
{
    private const int MaxTextLength = 256;
    private const int MaxHints = 1000;
    private const int MaxRetentionDays = 36_500;

    private static readonly string[] Versions = ["1.0"];
    private static readonly string[] SourceApps = ["settler", "aias", "keys", "readylayer", "jobforge", "external"];
    private static readonly string[] SourceModules = ["ops", "support", "growth", "finops", "core"];

    /// <summary>Reads one envelope. The payload of the result points into the body's document, which must outlive it.</summary>
    /// <param name="defaultTenant">The tenant when the body names none: that of the caller's key.</param>
    public static Outcome<EventEnvelope> Read(JsonElement body, TenantId? defaultTenant = null)
    {
        var fields = FieldReader.Open(body);
        var envelope = new EventEnvelope
        {
            EventVersion = fields.Word("event_version", Versions) ?? "1.0",
            EventType = fields.RequiredText("event_type", MaxTextLength),
            OccurredAt = fields.Time("occurred_at"),
            TraceId = fields.RequiredText("trace_id", MaxTextLength),
            ActorId = fields.Id("actor_id"),
            TenantId = fields.Tenant("tenant_id", defaultTenant),
            ProjectId = fields.Id("project_id"),
            SourceApp = fields.RequiredWord("source_app", SourceApps),
            SourceModule = fields.Word("source_module", SourceModules),
            Subject = ReadSubject(fields.Child("subject")),
            Payload = fields.Object("payload") ?? ContractJson.EmptyObject,
            ContainsPii = fields.Flag("contains_pii") ?? false,
            RedactionHints = ReadHints(fields.Child("redaction_hints")),
        };
        return fields.Finish(() => envelope);
    }

    private static EventSubject? ReadSubject(FieldReader? subject) => subject is null
        ? null
        : new(subject.RequiredText("type", MaxTextLength, mayBeBlank: true), subject.RequiredText("id", MaxTextLength, mayBeBlank: true));

    private static RedactionHints? ReadHints(FieldReader? hints) => hints is null
        ? null
        : new()
        {
            RedactFields = ReadPaths(hints, "redact_fields"),
            EncryptFields = ReadPaths(hints, "encrypt_fields"),
            RetentionDays = hints.Whole("retention_days", 1, MaxRetentionDays),
        };

    private static IReadOnlyList<string>? ReadPaths(FieldReader hints, string name) =>
        hints.Texts(name, MaxHints, IsPath, "Must be a dot path of at most 256 characters, without empty steps");

    private static bool IsPath(string text) =>
        text.Length is > 0 and <= MaxTextLength && !text.StartsWith('.') && !text.EndsWith('.') && !text.Contains("..", StringComparison.Ordinal);
}
