using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Contracts.Policy;

/// <summary>
/// The text form of a token: base64url of its canonical JSON. A token has exactly one text: whatever decodes but would be written
/// differently (padding, blanks, other member order, other escapes) is no token, so a use or a revocation cannot be dodged by
/// respelling.
/// </summary>
internal static class PolicyTokenText
{
    private const int MaxLength = 16_384;
    private const string Signature = "signature";

    public static string Encode(ReadOnlySpan<byte> canonical) => Base64Url.EncodeToString(canonical);

    /// <summary>Takes a text apart without judging who made it. Null when it is no token's text.</summary>
    public static Parsed? Decode(string text)
    {
        if (text.Length is 0 or > MaxLength || !TryDecode(text, out var bytes) || Parse(bytes) is not { ValueKind: JsonValueKind.Object } json
            || !CanonicalJson.Serialize(json).AsSpan().SequenceEqual(bytes))
        {
            return null;
        }

        return ReadToken(json) is { } token && TryDecode(token.Signature, out var signature)
            ? new(token, KidOf(token), SignedBytes(json), signature)
            : null;
    }

    /// <summary>What a signature covers: the canonical JSON of every member but itself, members unknown to us included.</summary>
    public static byte[] SignedBytes(JsonElement token)
    {
        var signed = token.EnumerateObject()
            .Where(member => !member.NameEquals(Signature))
            .ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        return CanonicalJson.Serialize(JsonSerializer.SerializeToElement(signed));
    }

    private static JsonElement? Parse(byte[] bytes)
    {
        try
        {
            var json = JsonElement.Parse(bytes);
            return JsonLimits.Check(json).Count == 0 ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PolicyToken? ReadToken(JsonElement json)
    {
        var fields = FieldReader.Open(json);
        var token = new PolicyToken
        {
            Id = fields.RequiredId("id"),
            Version = fields.RequiredText("version", 16),
            IssuedAt = fields.RequiredTime("issued_at"),
            ExpiresAt = fields.Time("expires_at"),
            TenantId = fields.RequiredId("tenant_id"),
            ProjectId = fields.Id("project_id"),
            ActorId = fields.RequiredId("actor_id"),
            Scopes = PolicyFields.Scopes(fields, "scopes") ?? [],
            Action = fields.RequiredId("action"),
            Resource = fields.Text("resource", PolicyFields.MaxResourceLength),
            Context = fields.Object("context"),
            Signature = fields.RequiredText(Signature, MaxLength),
        };
        return fields.HasErrors ? null : token;
    }

    private static string KidOf(PolicyToken token) =>
        token.Context is { } context && context.TryGetProperty("kid", out var kid) && kid.ValueKind == JsonValueKind.String ? kid.GetString()! : "";

    /// <summary>Strict: the bytes must encode to the very same text again.</summary>
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(text), buffer, out _, out var written) != OperationStatus.Done
            || !string.Equals(Base64Url.EncodeToString(buffer.AsSpan(0, written)), text, StringComparison.Ordinal))
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }

    public sealed record Parsed(PolicyToken Token, string Kid, byte[] SignedBytes, byte[] Signature);
}
