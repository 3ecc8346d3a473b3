using System.IO.Compression;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Whether text comes packed when we say that we take it packed.</summary>
internal sealed class CompressionCheck : IScanCheck
{
    /// <summary>Below this, packing gains less than it costs.</summary>
    private const int WorthwhileBytes = 1024;

    private static readonly Rule Missing = new("compression.missing", Severity.Medium, "Text is sent uncompressed", "Switch on gzip or brotli for text types.");

    public string Name => "compression";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        var unpacked = target.Assets.Prepend(landing)
            .Where(answer => answer.Status == 200 && answer.Header("Content-Encoding") is null && answer.WireBytes >= WorthwhileBytes && IsText(answer))
            .Select(answer => $"{answer.Url.AbsolutePath} ({answer.WireBytes} bytes, {PackedSize(answer.Body)} packed)")
            .ToList();
        return unpacked.Count == 0 ? [] : [Missing.At(target, string.Join(", ", unpacked))];
    }

    private static bool IsText(GuardedResponse answer)
    {
        var type = answer.Header("Content-Type") ?? "";
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || new[] { "javascript", "json", "xml" }.Any(word => type.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private static long PackedSize(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        return packed.Length;
    }
}
