using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using JobForge.Contracts.Ids;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Artifacts;

/// <summary>
/// Artifact contents as files <c>root/ab/cdef...</c> by their SHA-256. A content is written to a temporary file, flushed, renamed, and
/// its folder flushed too, so that after the answer it is there whatever happens, and never half.
/// </summary>
public sealed class FileArtifactStore : IArtifactStore
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string _root;
    private readonly string _incoming;
    private readonly IdSource _ids;

    public FileArtifactStore(string root, IdSource ids)
    {
        _root = Path.GetFullPath(root);
        _incoming = Path.Combine(_root, "incoming");
        _ids = ids;
        Directory.CreateDirectory(_incoming);
    }

    public async Task<StoredArtifact> WriteAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        var incoming = Path.Combine(_incoming, _ids.Next().ToString("N", CultureInfo.InvariantCulture));
        try
        {
            var artifact = await ReceiveAsync(content, incoming, maxBytes, cancel);
            Publish(incoming, artifact.Sha256);
            return artifact;
        }
        catch (IOException failure) when (failure is not ArtifactTooLargeException)
        {
            throw new StoreUnavailableException("The artifact could not be written.", failure);
        }
        finally
        {
            // Gone already when it was published.
            File.Delete(incoming);
        }
    }

    public Stream? OpenRead(string sha256)
    {
        try
        {
            return new FileStream(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static async Task<StoredArtifact> ReceiveAsync(Stream content, string path, long maxBytes, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.Asynchronous);
        await using (file)
        {
            var buffer = new byte[81_920];
            long size = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancel)) > 0)
            {
                size += read;
                if (size > maxBytes)
                {
                    throw new ArtifactTooLargeException(maxBytes);
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            file.Flush(flushToDisk: true);
            return new StoredArtifact(Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
    }

    private void Publish(string incoming, string sha256)
    {
        var path = PathOf(sha256);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            FolderFlush.Run(_root);
        }

        // Over an equal content this changes nothing: the bytes are the same by their name.
        File.Move(incoming, path, overwrite: true);
        FolderFlush.Run(folder);
    }

    /// <summary>Only a digest can name a file, so no name leads out of the root.</summary>
    private string PathOf(string sha256) =>
        sha256.Length == 64 && !sha256.AsSpan().ContainsAnyExcept(LowerHex)
            ? Path.Combine(_root, sha256[..2], sha256[2..])
            : throw new FormatException("A digest has 64 lower-case hex digits.");
}
