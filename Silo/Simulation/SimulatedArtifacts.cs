using System.Security.Cryptography;
using JobForge.Storage.Roles;

namespace JobForge.Silo.Simulation;

/// <summary>Artifact contents in memory.</summary>
public sealed class SimulatedArtifacts : IArtifactStore
{
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);

    public Task<StoredArtifact> WriteAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        if (copy.Length > maxBytes)
        {
            throw new ArtifactTooLargeException(maxBytes);
        }

        var bytes = copy.ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _contents[digest] = bytes;
        return Task.FromResult(new StoredArtifact(digest, bytes.Length));
    }

    public Stream? OpenRead(string sha256) => _contents.TryGetValue(sha256, out var bytes) ? new MemoryStream(bytes, writable: false) : null;
}
