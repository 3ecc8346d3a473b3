using System.Buffers;
using System.Text.Json;
using JobForge.Contracts.Errors;
using Microsoft.AspNetCore.Http;

namespace JobForge.Gateway.Http;

/// <summary>Reads a JSON body within the limits. The readers of Contracts judge what it says.</summary>
public static class RequestBody
{
    /// <summary>The body; Undefined when there is none.</summary>
    /// <exception cref="BadHttpRequestException">413: too large; 415: another content type.</exception>
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
            var read = await pipe.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > maxBytes)
            {
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

    private static Outcome<JsonElement> Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonElement.Parse(bytes.Span);
        }
        catch (JsonException)
        {
            return new Refusal(ErrorCode.BadRequest, "The request body is not valid JSON.");
        }
    }

    private static BadHttpRequestException TooLarge() => new("Body too large.", StatusCodes.Status413PayloadTooLarge);
}
