using System.IO.Compression;

namespace JobForge.Handlers.Connectors;

/// <summary>Reads a body within a limit, as sent and as decoded, so that neither an endless nor a densely packed answer fills the memory.</summary>
internal static class BoundedBody
{
    public sealed record Read(ReadOnlyMemory<byte> Body, long WireBytes, bool Truncated);

    /// <exception cref="OutboundRefusedException">The body is larger than the limit and may not be cut.</exception>
    /// <exception cref="OutboundFailedException">The body does not decode.</exception>
    public static async Task<Read> ReadAsync(HttpContent content, int limit, bool cut, CancellationToken cancel)
    {
        if (!cut && content.Headers.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        await using var wire = await content.ReadAsStreamAsync(cancel);
        var (raw, more) = await TakeAsync(wire, limit, keepPartial: false, cancel);
        if (more && !cut)
        {
            throw TooLarge(limit);
        }

        var encoding = content.Headers.ContentEncoding.Count == 1 ? content.Headers.ContentEncoding.First() : null;
        if (raw.Length == 0 || Decoder(encoding, raw) is not { } decoder)
        {
            return new Read(raw, raw.Length, more);
        }

        await using (decoder)
        {
            var (body, bodyMore) = await DecodeAsync(decoder, limit, keepPartial: more, cancel);
            return bodyMore && !cut ? throw TooLarge(limit) : new Read(body, raw.Length, more || bodyMore);
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, bool More)> TakeAsync(Stream stream, int limit, bool keepPartial, CancellationToken cancel)
    {
        using var taken = new MemoryStream();
        var block = new byte[16 * 1024];
        while (true)
        {
            int count;
            try
            {
                count = await stream.ReadAsync(block, cancel);
            }
            catch (InvalidDataException) when (keepPartial)
            {
                // The wire was cut at the limit, so the packed stream ends in its middle; what unpacked so far is what was asked for.
                return (taken.ToArray(), true);
            }

            if (count == 0)
            {
                return (taken.ToArray(), false);
            }

            var room = limit - (int)taken.Length;
            taken.Write(block, 0, Math.Min(count, room));
            if (count > room)
            {
                return (taken.ToArray(), true);
            }
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, bool More)> DecodeAsync(Stream decoder, int limit, bool keepPartial, CancellationToken cancel)
    {
        try
        {
            return await TakeAsync(decoder, limit, keepPartial, cancel);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new OutboundFailedException(OutboundFailure.BodyCorrupt, "The body does not decode as its Content-Encoding says.", e);
        }
    }

    private static Stream? Decoder(string? encoding, ReadOnlyMemory<byte> raw)
    {
        return encoding?.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(Source(), CompressionMode.Decompress),
            "br" => new BrotliStream(Source(), CompressionMode.Decompress),
            "deflate" => new ZLibStream(Source(), CompressionMode.Decompress),
            _ => null,
        };

        MemoryStream Source() => new(raw.ToArray(), writable: false);
    }

    private static OutboundRefusedException TooLarge(int limit) =>
        new(OutboundRefusal.ResponseTooLarge, $"The response is larger than {limit} bytes.");
}
