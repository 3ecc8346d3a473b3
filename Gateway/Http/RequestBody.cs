using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using JobForge.Contracts.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace JobForge.Gateway.Http;

/// <summary>Reads a JSON body within the limits. The readers of Contracts judge what it says.</summary>
public static class RequestBody
{
    /// <summary>The body; Undefined when there is none.</summary>
    /// <exception cref="BadHttpRequestException">400: its framing is broken; 413: too large; 415: another content type.</exception>
    public static async Task<Outcome<JsonElement>> ReadAsync(HttpContext http, long maxBytes)
    {
        if (http.Request.ContentLength > maxBytes)
        {
            throw TooLarge();
        }

        var bytes = await DrainAsync(http, maxBytes);
        if (bytes.Length == 0)
        {
            return default(JsonElement);
        }

        if (!http.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("Not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        return Parse(bytes);
    }

    private static async Task<ReadOnlyMemory<byte>> DrainAsync(HttpContext http, long maxBytes)
    {
        var pipe = http.Request.BodyReader;
        while (true)
        {
            var read = await ReadSomeAsync(pipe, http.RequestAborted);
            if (read.Buffer.Length > maxBytes)
            {
                // Given back to the server, which throws the rest away and keeps the connection for the caller's next call.
                pipe.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                // Copied once, because the parsed document outlives the pipe's memory.
                var bytes = read.Buffer.ToArray();
                pipe.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async ValueTask<ReadResult> ReadSomeAsync(PipeReader pipe, CancellationToken cancel)
    {
        try
        {
            return await pipe.ReadAsync(cancel);
        }
        catch (IOException broken) when (broken is not (BadHttpRequestException or ConnectionResetException))
        {
            // A chunk's length that fits into no number is told by the server in this way, and not as the bad request that it is.
            throw new BadHttpRequestException("The body's framing is broken.", StatusCodes.Status400BadRequest, broken);
        }
    }

    private static Outcome<JsonElement> Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var body = JsonElement.Parse(bytes.Span);
            return IsUnicode(bytes.Span) ? body : new Refusal(ErrorCode.BadRequest, "The request body holds text that is no Unicode.");
        }
        catch (JsonException)
        {
            return new Refusal(ErrorCode.BadRequest, "The request body is not valid JSON.");
        }
    }

    /// <summary>
    /// The parser lets through bytes that are no UTF-8 and escapes of half a surrogate pair; reading such a text, or comparing such a name, throws
    /// later on. So neither comes past this door, whatever the readers behind it look at first.
    /// </summary>
    private static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        if (json.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static BadHttpRequestException TooLarge() => new("Body too large.", StatusCodes.Status413PayloadTooLarge);
}
