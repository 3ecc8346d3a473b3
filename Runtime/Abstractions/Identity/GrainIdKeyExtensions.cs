using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Orleans.Runtime;

/// <summary>The text of typed keys: a Guid as 32 lower-case digits, an integer as upper-case hex without padding.</summary>
public static class GrainIdKeyExtensions
{
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        keyExt = null;
        return Utf8Parser.TryParse(grainId.Key.AsSpan(), out key, out var read, 'X') && read == grainId.Key.AsSpan().Length;
    }

    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        keyExt = null;
        return Utf8Parser.TryParse(grainId.Key.AsSpan(), out key, out var read, 'N') && read == grainId.Key.AsSpan().Length;
    }

    /// <exception cref="ArgumentException">The grain has another kind of key.</exception>
    public static long GetIntegerKey(this GrainId grainId) =>
        grainId.TryGetIntegerKey(out var key, out _) ? key : throw NotOfThatKind(grainId, "integer");

    /// <exception cref="ArgumentException">The grain has another kind of key.</exception>
    public static Guid GetGuidKey(this GrainId grainId) =>
        grainId.TryGetGuidKey(out var key, out _) ? key : throw NotOfThatKind(grainId, "Guid");

    private static ArgumentException NotOfThatKind(GrainId grainId, string kind) =>
        new($"The key '{Encoding.UTF8.GetString(grainId.Key.AsSpan())}' of the grain is not an {kind} key.", nameof(grainId));
}
